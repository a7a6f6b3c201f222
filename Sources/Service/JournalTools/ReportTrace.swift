package import Configuration
import Engine
import Journal
import Platform
package import Reports

/// Every time that one report came, and what was said to it, as the journal tells; the store is only read.
package struct ReportTrace: Sendable {
  /// The report came once.
  package struct Arrival: Sendable {
    package var producer: [UInt8]
    package var epoch: Epoch
    package var sequence: UInt64
    package var receivedAt: Timestamp
    /// Where its batch stands.
    package var journalPosition: UInt64
    package var verdict: Verdict
    /// What it said was erased.
    package var isErased: Bool
    package var report: Report?
  }

  /// What a well-formed event says, without its reporter.
  package struct Report: Sendable {
    package var time: Timestamp
    package var place: Coordinate?
    /// As they are shown.
    package var keywords: [String]
    /// What makes keywords the same, one for each.
    package var keys: [[UInt8]]
    package var text: String
    package var isCancellation: Bool
  }

  package private(set) var arrivals: [Arrival] = []
  /// Where the journal begins; what came before has been let go of.
  package private(set) var firstPosition: UInt64 = 0
  /// What of the journal is not whole, each in words: what stands there is not looked at.
  package private(set) var damages: [String]

  /// Looks for a report, and where it came asks an engine of the same settings what each of them was: the fold up to the last of
  /// them.
  ///
  /// - Throws: where there is no store.
  /// - Complexity: O(bytes of the journal), twice, and the fold.
  package init(
    directory: String, source: String, id: String, configuration: Configuration,
    onProgress: (_ share: Double, _ eventCount: UInt64) -> Void = { _, _ in }
  ) throws(ServiceError) {
    let journal = try JournalSource(directory: directory)
    damages = journal.scan.damages.map(\.description)
    firstPosition = journal.scan.segments.first?.start ?? 0
    let (source, id) = (Array(source.utf8), Array(id.utf8))
    var last: UInt64?
    try journal.visit { _, range, batch in
      guard case .success(let batch) = batch, Self.holds(batch, source, id) else { return }
      last = range.lowerBound
    }
    guard let last else { return }
    var settings = configuration.engine
    settings.identityKey = journal.identity.identityKey
    var engine = Engine(settings: settings)
    var arrivals: [Arrival] = []
    var eventCount: UInt64 = 0
    try journal.visit { _, range, batch in
      guard range.lowerBound <= last, case .success(let batch) = batch else { return }
      let verdicts = engine.apply(batch, at: range)
      eventCount += UInt64(batch.count)
      if eventCount % Self.drainEventCount < UInt64(batch.count) { _ = engine.drain() }
      onProgress(journal.share(through: range.upperBound), eventCount)
      guard Self.holds(batch, source, id) else { return }
      for row in 0..<batch.count where Self.isHeld(batch, row, source, id) {
        arrivals.append(
          Arrival(
            producer: batch.producer, epoch: batch.epoch, sequence: batch.firstSequence + UInt64(row),
            receivedAt: batch.receivedAt, journalPosition: range.lowerBound, verdict: verdicts[row],
            isErased: batch.flags[row].contains(.erased),
            report: batch.rejections[row] == 0 ? Self.report(batch, row) : nil))
      }
    }
    self.arrivals = arrivals
  }

  private static let drainEventCount: UInt64 = 1 << 16

  private static func isHeld(_ batch: ReportBatch, _ row: Int, _ source: [UInt8], _ id: [UInt8]) -> Bool {
    batch.ids[row].length == id.count && batch.sources[row].length == source.count
      && batch.arena[batch.ids[row].range].elementsEqual(id) && batch.arena[batch.sources[row].range].elementsEqual(source)
  }

  private static func holds(_ batch: ReportBatch, _ source: [UInt8], _ id: [UInt8]) -> Bool {
    (0..<batch.count).contains { isHeld(batch, $0, source, id) }
  }

  private static func report(_ batch: ReportBatch, _ row: Int) -> Report {
    func text(_ slice: ReportBatch.Slice) -> String { String(decoding: batch.arena[slice.range], as: UTF8.self) }
    let hasPlace = batch.longitudes[row] != ReportBatch.nowhere
    return Report(
      time: batch.times[row],
      place: hasPlace ? Coordinate(latitudeE7: batch.latitudes[row], longitudeE7: batch.longitudes[row]) : nil,
      keywords: batch.keywordRange(row).map { text(batch.keywords[$0]) },
      keys: batch.keywordRange(row).map { Array(batch.arena[batch.keywordKeys[$0].range]) }, text: text(batch.texts[row]),
      isCancellation: batch.flags[row].contains(.cancellation))
  }
}
