import CBench
import Decode
import Reports

/// Bodies of events → rows of batches, beside simdjson finding the structure of the same lines.
enum DecodeStage {
  /// What came of it: the batches, and what an event cost.
  struct Outcome {
    var batches: [ReportBatch]
    var nanosecondsPerEvent: Double
  }

  /// - Returns: The decoded batches, for the stages that follow.
  static func run(_ stream: EventStream, batchSize: Int, name: String, into report: inout BenchReport) throws -> Outcome {
    let ranges = stream.batches(of: batchSize)
    let (batches, steady) = try decode(stream, ranges)
    for batch in batches {
      try BenchFailure.unless(batch.rejections.allSatisfy { $0 == 0 }, "the stream holds an event that is refused")
    }
    let floors = try floors(stream, ranges)
    let count = ranges[(ranges.count / 2)...].reduce(0) { $0 + $1.count }
    report.add(name, steady, of: count, floor: ("simdjson iterate", floors.iterate))
    report.add(
      Figure(
        name, "CPU over a walk", "ns/event", steady.cpuNanoseconds(per: count),
        floor: ("simdjson iterate and walk", floors.walk.cpuNanoseconds(per: count))))
    return Outcome(batches: batches, nanosecondsPerEvent: steady.cpuNanoseconds(per: count))
  }

  /// Adds what events cost that are harder to read, beside the others in the same run.
  ///
  /// - Parameter normal: nanoseconds of one of the others.
  static func compare(
    _ stream: EventStream, batchSize: Int, name: String, normal: Double, into report: inout BenchReport
  ) throws {
    let ranges = stream.batches(of: batchSize)
    let (batches, steady) = try decode(stream, ranges)
    let refused = batches.reduce(0) { $0 + $1.rejections.count { $0 != 0 } }
    let expected = stream.settings.malformedPerMille * stream.count / 1_000
    try BenchFailure.unless(
      abs(refused - expected) <= stream.count / 100, "\(refused) events are refused where about \(expected) are malformed")
    let count = ranges[(ranges.count / 2)...].reduce(0) { $0 + $1.count }
    report.add(Figure(name, "CPU", "ns/event", steady.cpuNanoseconds(per: count), floor: ("decode", normal)))
    report.add(Figure(name, "allocations", "per event", steady.allocations(per: count)))
  }

  private static func decode(
    _ stream: EventStream, _ ranges: [Range<Int>]
  ) throws -> (batches: [ReportBatch], steady: Usage) {
    var decoder = try BenchStore.decoder()
    var decoded: [ReportBatch] = []
    decoded.reserveCapacity(ranges.count)
    var steady = Usage()
    var recycled = BenchStore.batch(at: 0)
    for (index, events) in ranges.enumerated() {
      BenchStore.begin(&recycled, at: events.lowerBound)
      let body = stream.bytes.span.extracting(stream.range(events))
      let usage = try Usage.of { () throws(DecodeError) in
        try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &recycled)
      }
      // The first half warms up what is kept from batch to batch.
      if index >= ranges.count / 2 { steady = steady + usage }
      // Once more for those who keep it: what is used again must not be theirs.
      var kept = BenchStore.batch(at: events.lowerBound)
      kept.receivedAt = recycled.receivedAt
      try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &kept)
      try BenchFailure.unless(kept == recycled, "used memory makes another batch of the events from \(events.lowerBound) on")
      decoded.append(kept)
    }
    return (decoded, steady)
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
