import Journal
package import Reports

/// What a store's journal holds, record by record, whether a daemon writes it or not: nothing is locked, repaired or changed.
package struct JournalSurvey: Sendable {
  /// Events, and when they came and happened.
  package struct Tally: Equatable, Sendable {
    package var batchCount: UInt64 = 0
    package var eventCount: UInt64 = 0
    package var refusedCount: UInt64 = 0
    /// Times of receipt of the first and the last batch; nil without one.
    package var received: ClosedRange<Timestamp>?
    /// Times of the earliest and the latest well-formed event; nil without one.
    package var happened: ClosedRange<Timestamp>?

    /// Events a second of the time from the first to the last receipt; nil where that is none.
    package var eventsPerSecond: Double? {
      guard let received, received.lowerBound < received.upperBound else { return nil }
      return Double(eventCount) / (Double(received.upperBound.microseconds - received.lowerBound.microseconds) / 1e6)
    }

    fileprivate mutating func count(_ time: Timestamp?) {
      eventCount += 1
      guard let time else { return refusedCount += 1 }
      happened = happened.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    }

    fileprivate mutating func count(batchAt time: Timestamp) {
      batchCount += 1
      received = received.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
    }
  }

  package struct Segment: Sendable {
    package enum State: String, Sendable {
      case whole
      /// Some of it does not check.
      case damaged
      /// Its end was not whole on the disk when the system stopped; the next start cuts that off.
      case torn
      /// It is not there, or the one before it has lost its end.
      case missing
    }

    package var name: String
    package var positions: Range<UInt64>
    package var byteCount: UInt64
    package var state: State
    package var tally = Tally()
  }

  /// What one producer has sent, in all its epochs.
  package struct Producer: Sendable {
    package var name: [UInt8]
    package var epochs: Set<Epoch> = []
    package var tally = Tally()
  }

  /// Ascending by position, those that are missing among them.
  package private(set) var segments: [Segment] = []
  /// Ascending by name.
  package private(set) var producers: [Producer] = []
  package private(set) var total = Tally()
  /// What is damaged, each in words.
  package private(set) var damages: [String]
  /// What a crash left at the end, in words; no damage.
  package let tornTail: String?

  /// Reads the whole journal of the store in a folder.
  ///
  /// - Throws: where there is no store, or a segment belongs to another store or a later version.
  /// - Complexity: O(bytes of the journal), twice.
  package init(directory: String, onProgress: (_ share: Double, _ eventCount: UInt64) -> Void = { _, _ in }) throws(ServiceError)
  {
    let source = try JournalSource(directory: directory)
    damages = [JournalMark.missing(before: source.scan, in: source.storage)].compactMap { $0 }
    damages += source.scan.damages.map(\.description)
    tornTail = source.scan.tornTail?.description
    var tallies = [Tally](repeating: Tally(), count: source.scan.segments.count)
    var byProducer: [[UInt8]: Producer] = [:]
    var total = Tally()
    var undecodable: [String] = []
    try source.visit { segment, range, batch in
      switch batch {
      case .failure(let error):
        undecodable.append("\(source.scan.segments[segment].name): at position \(range.lowerBound): \(error)")
      case .success(let batch):
        tallies[segment].count(batchAt: batch.receivedAt)
        total.count(batchAt: batch.receivedAt)
        var producer = byProducer.removeValue(forKey: batch.producer) ?? Producer(name: batch.producer)
        producer.epochs.insert(batch.epoch)
        producer.tally.count(batchAt: batch.receivedAt)
        for row in 0..<batch.count {
          let time = batch.rejections[row] == 0 ? batch.times[row] : nil
          tallies[segment].count(time)
          total.count(time)
          producer.tally.count(time)
        }
        byProducer[batch.producer] = producer
        onProgress(source.share(through: range.upperBound), total.eventCount)
      }
    }
    damages += undecodable
    self.total = total
    producers = byProducer.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    segments = try Self.segments(source, tallies)
  }

  private static func segments(_ source: JournalSource, _ tallies: [Tally]) throws(ServiceError) -> [Segment] {
    var segments: [Segment] = []
    for (segment, tally) in zip(source.scan.segments, tallies) {
      let damages = source.scan.damages.filter { $0.name == segment.name }
      if let gap = damages.first(where: { $0.reason == .gap }) {
        segments.append(
          Segment(
            name: Journal.segmentName(at: gap.position), positions: gap.position..<segment.start, byteCount: 0, state: .missing))
      }
      let fileByteCount = try ServiceError.wrapping {
        try source.storage.open(segment.name, writable: false).byteCount()
      }
      let isDamaged = damages.contains { $0.reason != .gap }
      let tail = source.scan.tornTail.flatMap { $0.name == segment.name ? $0 : nil }
      segments.append(
        Segment(
          name: segment.name, positions: segment.positions,
          byteCount: isDamaged ? fileByteCount : segment.byteCount + (tail?.byteCount ?? 0),
          state: isDamaged ? .damaged : tail != nil ? .torn : .whole, tally: tally))
    }
    return segments
  }
}
