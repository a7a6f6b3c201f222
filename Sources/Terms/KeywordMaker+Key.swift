import Reports

extension KeywordMaker {
  /// The key of one keyword by itself, as bytes of UTF-8; nil where it is not kept.
  package mutating func key(of keyword: String) -> [UInt8]? {
    var batch = ReportBatch(
      producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: Timestamp(microseconds: 0))
    guard append(Array(keyword.utf8).span, after: 0, to: &batch) == .kept, let key = batch.keywordKeys.last else { return nil }
    return Array(batch.arena[key.range])
  }
}
