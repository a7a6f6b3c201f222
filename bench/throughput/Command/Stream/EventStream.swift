/// What an `EventFeed` makes, all of it in memory before anything is timed, to be cut into batches.
struct EventStream {
  /// 1 January 2025, 00:00 UTC, in seconds.
  static let start: Int64 = 1_735_689_600
  /// What may be read behind a body: simdjson looks ahead.
  static let paddingByteCount = 64

  let settings: StreamSettings
  private(set) var bytes: [UInt8] = []
  /// Where each line ends, behind its line feed.
  private(set) var ends: [Int] = []

  /// - Parameter prefix: so many of the first events and no more; nil for all.
  init(_ settings: StreamSettings, prefix: Int? = nil) {
    self.settings = settings
    var feed = EventFeed(settings)
    let count = min(settings.eventCount, prefix ?? .max)
    bytes.reserveCapacity(count * 336 + Self.paddingByteCount)
    ends.reserveCapacity(count)
    for _ in 0..<count {
      feed.append(to: &bytes)
      ends.append(bytes.count)
    }
    for _ in 0..<Self.paddingByteCount { bytes.append(UInt8(ascii: " ")) }
  }

  var count: Int { ends.count }
  var byteCount: Int { ends.last ?? 0 }

  /// The events of each batch of at most `size`.
  func batches(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Where the lines of some events stand in `bytes`.
  func range(_ events: Range<Int>) -> Range<Int> {
    (events.lowerBound == 0 ? 0 : ends[events.lowerBound - 1])..<(events.isEmpty ? 0 : ends[events.upperBound - 1])
  }
}
