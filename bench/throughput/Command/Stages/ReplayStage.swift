import CBench
import Engine
import Platform
import Reports
import Service

/// A file → a store, as `tocsin replay` does it, beside reading the file, finding each line's structure and copying it to the disk.
enum ReplayStage {
  static func run(_ stream: EventStream, folder: String, into report: inout BenchReport) throws {
    let path = folder + "/stream.ndjson"
    let file = try File(path, .create)
    try file.write(stream.bytes.span.extracting(0..<stream.byteCount), at: 0)
    try file.synchronize()
    let floor = try floor(path, stream, folder)
    let before = try ThreadGroup.all()
    let pipeline = try Pipeline(store: try BenchStore.open(folder + "/replay"), configuration: BenchStore.configuration)
    var replay = try Replay(
      pipeline: pipeline, identity: BenchStore.identity, configuration: BenchStore.configuration,
      producer: Array(BenchStore.producer.utf8))
    let threads = try before.newcomers()
    var input = try LineReader(path: path, limit: Limits.eventByteCount)
    let behind = threads.usage
    var count = 0
    var usage = try Usage.of { () throws in count = Int(try replay.run(&input).ledger.received) }
    let used = threads.usage.since(behind)
    usage.cpuNanoseconds += used.cpuNanoseconds
    usage.allocationCount += used.allocationCount
    usage.libraryAllocationCount += used.libraryAllocationCount
    try pipeline.finish()
    try BenchFailure.unless(count == stream.count, "\(count) events of \(stream.count) were replayed")
    report.add("replay", usage, of: count, floor: ("read, iterate, memcpy, fdatasync", floor))
    report.add("summaries", "replay", try Fold.summaries(inFolder: folder + "/replay"))
    try FileSystem.remove(path)
  }

  private static func floor(_ path: String, _ stream: EventStream, _ folder: String) throws -> Usage {
    guard let parser = unsafe cbench_parser_create(4 << 20) else { throw BenchFailure("no memory for a parser") }
    defer { unsafe cbench_parser_destroy(parser) }
    let input = try File(path, .read)
    let output = try File(folder + "/copy", .create)
    // Pieces that end at a line's end, about a mebibyte each.
    var pieces: [Range<Int>] = []
    for events in stream.batches(of: 3_200) { pieces.append(stream.range(events)) }
    var lineCount = 0
    let usage = try Usage.of { () throws in
      for piece in pieces {
        let bytes = try input.read(at: UInt64(piece.lowerBound), count: piece.count)
        lineCount += unsafe bytes.withUnsafeBufferPointer { unsafe cbench_parser_iterate(parser, $0.baseAddress, $0.count) }
        try output.write(bytes.span, at: UInt64(piece.lowerBound))
      }
      try output.synchronize()
    }
    try BenchFailure.unless(lineCount == stream.count, "simdjson finds \(lineCount) lines of \(stream.count)")
    try FileSystem.remove(folder + "/copy")
    return usage
  }
}
