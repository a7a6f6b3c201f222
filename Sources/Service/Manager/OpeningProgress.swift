import Platform

/// Says how far the opening of a store has come: to the service manager, which else would take a long start for one that hangs, and
/// in the log.
package struct OpeningProgress {
  private static let intervalNanoseconds: UInt64 = 5_000_000_000
  /// What a disk reads in a second, at least.
  private static let bytesPerSecond: UInt64 = 20 << 20
  /// What the next step may take.
  private static let stepSeconds: UInt64 = 90

  private var saidAt: UInt64
  private var begin: UInt64?

  package init() { saidAt = Clock.monotonicNanoseconds() }

  /// Passes on what is news: what is read at once, what is folded every few seconds.
  package mutating func report(_ progress: OpenStore.Progress, to manager: borrowing ServiceManager) {
    switch progress {
    case .reading(let byteCount):
      manager.tell(
        .status("starting: reading what the disk holds"),
        .extendTimeout(seconds: Self.stepSeconds + byteCount / Self.bytesPerSecond))
    case .cutOff: break
    case .folding(let position, let end):
      let begin = begin ?? position
      self.begin = begin
      let now = Clock.monotonicNanoseconds()
      guard now - saidAt >= Self.intervalNanoseconds else { return }
      saidAt = now
      let percent = end > begin ? (position - begin) * 100 / (end - begin) : 100
      manager.tell(.status("starting: folding the journal, \(percent) %"), .extendTimeout(seconds: Self.stepSeconds))
      Log.write(.info, "folding the journal", ["percent": percent, "position": position, "end": end])
    }
  }
}
