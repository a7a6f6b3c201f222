import Decode
import Reports
import Synchronization

let reporterKey = SipHash.Key(first: 1, second: 2)
let receivedAt = Timestamp(seconds: 2_000_000_000)

/// Decodes one body as the service does.
func decode(_ body: [UInt8], _ format: MediaType = .ndjson, expectedCount: Int = 0) throws -> ReportBatch {
  try decoder.withLock { decoder in
    var batch = ReportBatch(
      producer: Array("test".utf8), epoch: Epoch(high: 0, low: 1), firstSequence: 1, receivedAt: receivedAt)
    if decoder == nil {
      decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 60_000_000))
    }
    try decoder?.decode(body.span, format: format, expectedCount: expectedCount, into: &batch)
    return batch
  }
}

/// One for all, as the service has it: it takes five megabytes, which took longer to make than a test.
private let decoder = Mutex<Decoder?>(nil)

func decode(_ body: String, _ format: MediaType = .ndjson, expectedCount: Int = 0) throws -> ReportBatch {
  try decode(Array(body.utf8), format, expectedCount: expectedCount)
}

/// A well-formed event, its members replaced or, where a value is nil, left out; others are added at the end.
func event(_ root: KeyValuePairs<String, String?> = [:], data: KeyValuePairs<String, String?> = [:]) -> String {
  let members = merge(
    [("location", #"{"type":"Point","coordinates":[-71.0589,42.3601]}"#), ("keywords", #"["snow"]"#), ("text", #""Deep snow""#)],
    data)
  let envelope = [
    ("specversion", #""1.0""#), ("type", #""org.tocsin.report.v1""#), ("source", #""/boston/311""#), ("id", #""1""#),
    ("time", #""2015-02-10T13:05:00Z""#), ("data", object(members)),
  ]
  return object(merge(envelope, root))
}

/// A well-formed cancellation of ticket 7, its members replaced or left out.
func cancellation(_ root: KeyValuePairs<String, String?> = [:]) -> String {
  object(
    merge(
      [
        ("specversion", #""1.0""#), ("type", #""org.tocsin.report.cancel.v1""#), ("source", #""/boston/311""#), ("id", #""c1""#),
        ("time", #""2015-02-10T14:05:00Z""#), ("subject", #""ticket 7""#),
      ], root))
}

private func merge(_ members: [(String, String)], _ changes: KeyValuePairs<String, String?>) -> [(String, String)] {
  var members = members
  for (name, value) in changes {
    let index = members.firstIndex { $0.0 == name }
    if let value {
      if let index { members[index].1 = value } else { members.append((name, value)) }
    } else if let index {
      members.remove(at: index)
    }
  }
  return members
}

private func object(_ members: [(String, String)]) -> String {
  "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
}

extension ReportBatch {
  func rejection(_ row: Int) -> Rejection? { Rejection(rawValue: rejections[row]) }
  func rejectionList() -> [Rejection?] { (0..<count).map { rejection($0) } }
  func string(_ slice: Slice) -> String { String(decoding: arena[slice.range], as: UTF8.self) }
  func keyList(_ row: Int) -> [String] { keywordKeys[keywordRange(row)].map { string($0) } }
  func keywordList(_ row: Int) -> [String] { keywords[keywordRange(row)].map { string($0) } }

  /// What must hold of every batch, whatever was decoded.
  var isConsistent: Bool {
    let counts = [
      times.count, latitudes.count, longitudes.count, accuracies.count, reporters.count, sources.count, ids.count,
      subjects.count, texts.count, keywordEnds.count, flags.count, simHashes.count,
    ]
    guard counts.allSatisfy({ $0 == count }), Int(keywordEnds.last ?? 0) == keywords.count,
      keywordKeys.count == keywords.count, raws.count == rejections.count(where: { $0 != 0 })
    else { return false }
    let slices = sources + ids + subjects + texts + keywords + raws
    guard slices.allSatisfy({ $0.range.upperBound <= arena.count }) else { return false }
    return (0..<count).allSatisfy { row in
      guard let rejection = Rejection(rawValue: rejections[row]) else { return rejections[row] == 0 && isSound(row) }
      return rejection != .conflict && keywordRange(row).isEmpty && texts[row] == .empty
        && ids[row].length <= Limits.identifierByteCount && raw(row).length <= Limits.eventByteCount
    }
  }

  private func isSound(_ row: Int) -> Bool {
    let words = keywordList(row)
    let keys = keywordKeys[keywordRange(row)].map { string($0) }
    let limit = flags[row].contains(.termsFromText) ? Limits.textTermCount : Limits.keywordCount
    guard Set(keys).count == keys.count, (simHashes[row] == 0) == (texts[row].length == 0) else { return false }
    return sources[row].length > 0 && sources[row].length <= Limits.sourceByteCount && ids[row].length > 0
      && words.count <= limit && Set(words).count == words.count
      && words.allSatisfy { !$0.isEmpty && $0.utf8.count <= Limits.keywordByteCount }
      && texts[row].length <= Limits.textByteCount && accuracies[row] >= 0 && accuracies[row].isFinite
      && (longitudes[row] == Self.nowhere || abs(longitudes[row]) <= 1_800_000_000 && abs(latitudes[row]) <= 900_000_000)
  }
}
