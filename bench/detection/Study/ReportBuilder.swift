package import Reports

/// Fills a batch with reports that differ in nothing but their number, time, place and witness.
package struct ReportBuilder {
  /// What has been appended.
  package private(set) var batch: ReportBatch
  private let sourceSlice: ReportBatch.Slice
  private let keywordSlice: ReportBatch.Slice

  /// An empty batch of one producer; its reports are one source's and have one keyword.
  package init(
    firstSequence: UInt64, at time: Timestamp, producer: String = "study", source: String = "study",
    keyword: String = "report"
  ) {
    batch = ReportBatch(
      producer: Array(producer.utf8), epoch: Epoch(high: 0, low: 1), firstSequence: firstSequence, receivedAt: time)
    sourceSlice = batch.store(source.utf8)
    keywordSlice = batch.store(keyword.utf8)
  }

  /// Appends a report; `reporter` zero makes every report its own witness.
  package mutating func append(serial: UInt64, time: Timestamp, place: Coordinate, reporter: UInt64 = 0) {
    batch.keywords.append(keywordSlice)
    appendRow(serial: serial, time: time, place: place, reporter: reporter)
  }

  /// Appends a report that is about nothing and nowhere: all that it says is what time it is.
  package mutating func appendTime(serial: UInt64, time: Timestamp) {
    appendRow(serial: serial, time: time, place: nil, reporter: 0)
  }

  private mutating func appendRow(serial: UInt64, time: Timestamp, place: Coordinate?, reporter: UInt64) {
    let id = batch.store((0..<8).map { UInt8(truncatingIfNeeded: serial >> UInt64($0 * 8)) })
    batch.appendReport(
      time: time, place: place, accuracyMeters: 0, reporter: reporter, source: sourceSlice, id: id, subject: .empty,
      text: .empty)
  }
}
