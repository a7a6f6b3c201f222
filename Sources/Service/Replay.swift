package import Configuration
import Decode
package import Engine
package import Platform
package import Reports

/// The same fold with a file in place of the sockets: lines → batches → the pipeline.
package struct Replay: ~Copyable {
  /// What became of a file's events.
  package struct Summary: Sendable {
    package var ledger = Ledger()
    /// The first refusals, by line.
    package var refusals: [(line: Int, rejection: Rejection)] = []
    package var readNanoseconds: UInt64 = 0
  }

  private static let chunkByteCount = 1 << 20
  private static let refusalCount = 10
  private static let progressLineCount = 4_096

  private let pipeline: Pipeline
  private let producer: [UInt8]
  private var decoder: Decoder
  private let epoch: Epoch
  private var batch: ReportBatch
  private var nextSequence: UInt64 = 1
  private var lines: [Int] = []
  private var line = 0
  private var underWay: [[Int]] = []
  private var underWayHead = 0
  private var summary = Summary()

  /// - Parameter producer: the name under which the events stand in the ledger.
  package init(
    pipeline: Pipeline, identity: StoreIdentity, configuration: Configuration, producer: [UInt8] = Array("replay".utf8)
  ) throws(ServiceError) {
    let decoder = try ServiceError.wrapping { try Decoder(identity: identity, configuration: configuration) }
    let epoch = try ServiceError.wrapping { Epoch(high: try SecureRandom.integer(), low: try SecureRandom.integer()) }
    self.pipeline = pipeline
    self.producer = producer
    self.decoder = decoder
    self.epoch = epoch
    batch = Self.makeBatch(producer, epoch, 1)
  }

  private static func makeBatch(_ producer: [UInt8], _ epoch: Epoch, _ firstSequence: UInt64) -> ReportBatch {
    ReportBatch(
      producer: producer, epoch: epoch, firstSequence: firstSequence,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
  }

  /// Reads events, one a line, to the end of the input, and waits until all are durable and judged.
  ///
  /// - Parameter onProgress: told now and then how many bytes of the input and how many lines are read.
  package mutating func run(
    _ input: inout LineReader, onProgress: (_ byteCount: UInt64, _ lineCount: Int) -> Void = { _, _ in }
  ) throws(ServiceError) -> Summary {
    let start = Clock.threadNanoseconds()
    while true {
      let isThere = try ServiceError.wrapping { try input.next() }
      guard isThere else { break }
      try take(input.line.span)
      if line % Self.progressLineCount == 0 { onProgress(input.offset, line) }
    }
    return try finish(since: start)
  }

  /// The same with lines that are there already.
  package mutating func run(_ lines: [[UInt8]]) throws(ServiceError) -> Summary {
    let start = Clock.threadNanoseconds()
    for line in lines { try take(line.span) }
    return try finish(since: start)
  }

  private mutating func take(_ text: Span<UInt8>) throws(ServiceError) {
    line += 1
    let before = batch.count
    if before == 0 { batch.receivedAt = Timestamp(microseconds: Clock.wallMicroseconds()) }
    decoder.decodeLine(text, into: &batch)
    if batch.count > before { lines.append(line) }
    if batch.count >= Limits.defaultBatchEventCount || batch.arena.count >= Limits.defaultBatchByteCount { try submit() }
  }

  private mutating func finish(since start: UInt64) throws(ServiceError) -> Summary {
    try submit()
    while pipeline.underWayCount > 0 { try collect(waits: true) }
    summary.readNanoseconds = Clock.threadNanoseconds() - start
    return summary
  }

  private mutating func submit() throws(ServiceError) {
    guard batch.count > 0 else { return }
    while pipeline.isFull || pipeline.isStalled { try collect(waits: true) }
    pipeline.append(batch)
    underWay.append(lines)
    nextSequence += UInt64(batch.count)
    batch = Self.makeBatch(producer, epoch, nextSequence)
    lines.removeAll(keepingCapacity: true)
    if try !pipeline.flush() { Log.write(.error, "\(pipeline.shortage ?? "the journal waits"): waiting") }
    try collect(waits: false)
  }

  private mutating func collect(waits: Bool) throws(ServiceError) {
    if waits { pipeline.wait() }
    if let fault = pipeline.fault { throw fault }
    _ = try pipeline.flush()
    pipeline.collect()
    while let settled = pipeline.nextSettled() {
      for (line, verdict) in zip(underWay[underWayHead], settled.verdicts) {
        summary.ledger.count(verdict)
        if case .rejected(let rejection) = verdict, summary.refusals.count < Self.refusalCount {
          summary.refusals.append((line, rejection))
        }
      }
      underWayHead += 1
      pipeline.recycle(settled)
    }
    if underWayHead > 1_024 {
      underWay.removeFirst(underWayHead)
      underWayHead = 0
    }
  }
}
