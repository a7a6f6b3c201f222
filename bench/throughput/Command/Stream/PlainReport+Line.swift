import JSON
import Oracle
import Reports

extension PlainReport {
  /// Reads a line of the bench's stream as a small JSON document: none of the decoder's code has a hand in it.
  init(line: ArraySlice<UInt8>) throws {
    let event = try JSONValue(parsing: line.span)
    func text(_ value: JSONValue?) throws -> String {
      guard let text = value?.string else { throw BenchFailure("the stream holds an event that the oracle does not read") }
      return text
    }
    func degreesE7(_ value: JSONValue?) throws -> Int32 {
      guard let degrees = value?.double else { throw BenchFailure("the stream holds a place that the oracle does not read") }
      return Int32((degrees * 1e7).rounded())
    }
    let data = event["data"]
    let (source, reporter) = (try text(event["source"]), try text(data?["reporter"]))
    guard let time = Timestamp(try text(event["time"])), let degrees = data?["location"]?["coordinates"]?.array,
      degrees.count == 2
    else { throw BenchFailure("the stream holds a time or a place that the oracle does not read") }
    self.init(
      source: source, id: try text(event["id"]), microseconds: time.microseconds,
      place: Coordinate(latitudeE7: try degreesE7(degrees[1]), longitudeE7: try degreesE7(degrees[0])),
      keywords: try (data?["keywords"]?.array ?? []).map { try text($0) }, text: try text(data?["text"]),
      witness: [source, reporter])
  }
}
