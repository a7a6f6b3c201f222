import Platform
import Producer
import Wire

/// What `send` tells the person at the terminal: a line that moves, and the first events that were refused.
final class SendProgress {
  private static let complaintCount = 10
  private static let intervalNanoseconds: UInt64 = 100_000_000

  private let path: String
  private let isTerminal = Terminal.isTerminal(descriptor: 2)
  private var lastShownNanoseconds: UInt64 = 0
  private var isLineOpen = false
  private var refusedCount = 0
  /// Lines of the input that were read.
  var lineNumber = 0
  /// The line of every event that may still be answered for; the first belongs to `firstSequence`.
  var lines: [Int] = []
  private var firstSequence: UInt64 = 1

  init(path: String) { self.path = path }

  /// An event that was not accepted. Duplicates and late events are only counted: they are no fault of the line.
  func note(_ exception: EventException) {
    guard exception.verdict == .rejected else { return }
    refusedCount += 1
    guard refusedCount <= Self.complaintCount, exception.sequence >= firstSequence else { return }
    let index = Int(exception.sequence - firstSequence)
    let line = index < lines.count ? "\(lines[index])" : "?"
    clear()
    Output.complain("\(path):\(line): \(exception.code): \(exception.detail)")
  }

  /// How far it is, at most ten times a second, on a terminal only.
  func show(_ summary: Summary) {
    let answered = summary.sent - summary.outstanding
    if answered >= firstSequence + 65_536 {
      lines.removeFirst(min(lines.count, Int(answered + 1 - firstSequence)))
      firstSequence = answered + 1
    }
    let now = Clock.monotonicNanoseconds()
    guard isTerminal, now - lastShownNanoseconds >= Self.intervalNanoseconds else { return }
    lastShownNanoseconds = now
    Output.writeError("\r\u{1b}[Ksent \(summary.sent), acknowledged \(answered), rejected \(summary.rejected)")
    isLineOpen = true
  }

  func finish(_ summary: Summary) {
    clear()
    if refusedCount > Self.complaintCount {
      Output.complain("… and \(refusedCount - Self.complaintCount) more events were rejected")
    }
    let held = summary.alreadyHeld == 0 ? "" : ", held already \(summary.alreadyHeld) (their verdicts: `tocsin sources`)"
    let resent = held + (summary.resentBatches == 0 ? "" : "; \(summary.resentBatches) batches were sent again")
    Output.complain(
      "sent \(summary.sent): accepted \(summary.accepted), duplicate \(summary.duplicate), late \(summary.late), "
        + "rejected \(summary.rejected)\(resent)")
  }

  private func clear() {
    guard isLineOpen else { return }
    Output.writeError("\r\u{1b}[K")
    isLineOpen = false
  }
}
