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
  private static let linesGivenBackAtOnce = 1 << 16

  private let pipeline: Pipeline
  private let producer: [UInt8]
  private var decoder: Decoder
  private let epoch: Epoch
  private var passage: Passage
  private var nextSequence: UInt64 = 1
  private var line = 0
  /// The line of each row that is not settled yet, from the head on.
  private var lines: [Int] = []
  private var linesHead = 0
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
    passage = Self.makePassage(pipeline, producer, epoch, 1)
  }

  private static func makePassage(
    _ pipeline: Pipeline, _ producer: [UInt8], _ epoch: Epoch, _ firstSequence: UInt64
  ) -> Passage {
    pipeline.makePassage(
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
    let before = passage.rowCount
    if before == 0 { passage.batch.receivedAt = Timestamp(microseconds: Clock.wallMicroseconds()) }
    decoder.decodeLine(text, into: &passage.batch)
    if passage.rowCount > before { lines.append(line) }
    if passage.rowCount >= Limits.defaultBatchEventCount || passage.arenaByteCount >= Limits.defaultBatchByteCount {
      try submit()
    }
  }

  private mutating func finish(since start: UInt64) throws(ServiceError) -> Summary {
    try submit()
    while pipeline.underWayCount > 0 { try collect(waits: true) }
    summary.readNanoseconds = Clock.threadNanoseconds() - start
    return summary
  }

  private mutating func submit() throws(ServiceError) {
    guard passage.rowCount > 0 else { return }
    while pipeline.isFull || pipeline.isStalled { try collect(waits: true) }
    nextSequence += UInt64(passage.rowCount)
    pipeline.append(passage)
    passage = Self.makePassage(pipeline, producer, epoch, nextSequence)
    if try !pipeline.flush() { Log.write(.error, "\(pipeline.shortage ?? "the journal waits"): waiting") }
    try collect(waits: false)
  }

  private mutating func collect(waits: Bool) throws(ServiceError) {
    if waits { pipeline.wait() }
    if let fault = pipeline.fault { throw fault }
    _ = try pipeline.flush()
    pipeline.collect()
    while let settled = pipeline.nextSettled() {
      for (line, verdict) in zip(lines[linesHead...], settled.verdicts) {
        summary.ledger.count(verdict)
        if case .rejected(let rejection) = verdict, summary.refusals.count < Self.refusalCount {
          summary.refusals.append((line, rejection))
        }
      }
      linesHead += settled.verdicts.count
      pipeline.recycle(settled)
    }
    if linesHead > Self.linesGivenBackAtOnce {
      lines.removeFirst(linesHead)
      linesHead = 0
    }
  }
}
