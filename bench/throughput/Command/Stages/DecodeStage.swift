import CBench
import Decode
import Reports

/// Bodies of events → rows of batches, beside simdjson finding the structure of the same lines.
enum DecodeStage {
  /// - Returns: The decoded batches, for the stages that follow.
  static func run(_ stream: EventStream, batchSize: Int, name: String, into report: inout BenchReport) throws -> [ReportBatch] {
    var decoder = try BenchStore.decoder()
    var decoded: [ReportBatch] = []
    let ranges = stream.batches(of: batchSize)
    decoded.reserveCapacity(ranges.count)
    var steady = Usage()
    for (index, events) in ranges.enumerated() {
      var batch = BenchStore.batch(at: events.lowerBound)
      let body = stream.bytes.span.extracting(stream.range(events))
      let usage = try Usage.of { () throws(DecodeError) in
        try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &batch)
      }
      // The first half warms up what is kept from batch to batch.
      if index >= ranges.count / 2 { steady = steady + usage }
      try BenchFailure.unless(batch.rejections.allSatisfy { $0 == 0 }, "the stream holds an event that is refused")
      decoded.append(batch)
    }
    let floors = try floors(stream, ranges)
    let count = ranges[(ranges.count / 2)...].reduce(0) { $0 + $1.count }
    report.add(name, steady, of: count, floor: ("simdjson iterate", floors.iterate))
    report.add(
      Figure(
        name, "CPU over a walk", "ns/event", steady.cpuNanoseconds(per: count),
        floor: ("simdjson iterate and walk", floors.walk.cpuNanoseconds(per: count))))
    return decoded
  }

  private static func floors(_ stream: EventStream, _ ranges: [Range<Int>]) throws -> (iterate: Usage, walk: Usage) {
    guard let parser = unsafe cbench_parser_create(Limits.eventByteCount) else { throw BenchFailure("no memory for a parser") }
    defer { unsafe cbench_parser_destroy(parser) }
    var (iterate, walk) = (Usage(), Usage())
    for (index, events) in ranges.enumerated() {
      let range = stream.range(events)
      // What stands behind a body may be read, as behind a frame it may not.
      let body = stream.bytes.span.extracting(range.lowerBound..<range.upperBound)
      var (lines, scalars) = (0, 0)
      let iterated = Usage.of {
        lines = unsafe body.withUnsafeBufferPointer { unsafe cbench_parser_iterate(parser, $0.baseAddress, $0.count) }
      }
      let walked = Usage.of {
        scalars = unsafe body.withUnsafeBufferPointer { unsafe cbench_parser_walk(parser, $0.baseAddress, $0.count) }
      }
      try BenchFailure.unless(lines == events.count && scalars >= 12 * lines, "simdjson finds \(lines) lines of \(events.count)")
      if index >= ranges.count / 2 { (iterate, walk) = (iterate + iterated, walk + walked) }
    }
    return (iterate, walk)
  }
}
