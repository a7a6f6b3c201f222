import CBench
import Decode
import Engine
import JSON
import Reports

/// A small piece of work that is always the same, for a tool that counts instructions while `cbench_counted` is called.
///
/// What warms up, and what makes the events, is done outside of it.
enum Guard: String, CaseIterable {
  case decode
  case decodeVaried = "decode-varied"
  case encode
  case identityNew = "identity-new"
  case identityAgain = "identity-again"
  case apply
  case drain
  /// Ticks after two weeks of event time: windows are tested.
  case scan
  /// Those of them at which a bin closes.
  case settle
  /// Turns of the intake, from the bytes of a PUT to its ACK.
  case intake
  /// Reports of a level stream, past the weeks of learning: all but the ticks at which a bin closes, and these.
  case steady
  case steadyClosing = "steady-closing"
  /// Nothing is counted: it tells bytes.
  case memory

  private static let batchSize = 256
  private static let decodedCount = 6_144
  private static let foldedCount = 12_288
  private static let identityCount = 32_768
  /// Batches between two drains.
  private static let drainCount = 8
  private static let heldIdentityCount = 200_000
  private static let heldNodeCount = 20_000

  /// What there was to count beside instructions.
  struct Outcome {
    var events = 0
    /// Allocations while it was counted; nil where this program does not count them.
    var allocations: UInt64?
    /// Bytes of each thing that an engine holds.
    var bytes: [(name: String, value: Double)] = []

    /// One line of JSON.
    var json: [UInt8] {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("events", UInt64(events))
      if let allocations { writer.member("allocations", allocations) }
      if !bytes.isEmpty {
        writer.key("bytes")
        writer.beginObject()
        for (name, value) in bytes { writer.member(name, value) }
        writer.endObject()
      }
      writer.endObject()
      writer.endLine()
      return writer.bytes
    }
  }

  /// Does the work.
  ///
  /// - Parameter folder: made where the work has something to put into it.
  func run(inFolder folder: String) throws -> Outcome {
    if self == .memory { return try Self.memory() }
    var tally = Tally()
    let events = try run(folder, &tally)
    return Outcome(events: events, allocations: cbench_counts_allocations() != 0 ? tally.allocations : nil)
  }

  /// - Returns: How many events have been counted.
  private func run(_ folder: String, _ tally: inout Tally) throws -> Int {
    switch self {
    case .decode, .decodeVaried:
      let settings = Self.settings(self == .decode ? .repeated : .varied, count: Self.decodedCount)
      _ = try Self.decode(settings, isCounted: true, &tally)
      return Self.decodedCount / 2
    case .encode: return try Self.encode(&tally)
    case .identityNew, .identityAgain: return try identities(&tally)
    case .apply, .drain: return try fold(&tally)
    case .scan, .settle:
      let events = try GuardScan.run { try tally.counted($0 == (self == .settle), $1) }
      return self == .settle ? events.closing : events.others
    case .intake: return try GuardIntake.run(inFolder: folder) { try tally.counted(true, $0) }
    case .steady, .steadyClosing:
      let events = try GuardSteady.run { try tally.counted($0 == (self == .steadyClosing), $1) }
      return self == .steadyClosing ? events.closing : events.others
    case .memory: return 0
    }
  }

  private static func memory() throws -> Outcome {
    var report = BenchReport()
    try MemoryStage.run(entryCount: heldIdentityCount, nodeCount: heldNodeCount, into: &report)
    let names = ["identity", "series", "live node"]
    return Outcome(
      bytes: report.figures.filter { names.contains($0.measure) }.map { ($0.measure, $0.value) })
  }

  private static func settings(_ layout: StreamSettings.Layout, count: Int) -> StreamSettings {
    var settings = StreamSettings()
    (settings.layout, settings.eventCount) = (layout, count)
    return settings
  }

  /// A stream's batches; where it is counted, the second half of them.
  private static func decode(_ settings: StreamSettings, isCounted: Bool, _ tally: inout Tally) throws -> [ReportBatch] {
    let stream = EventStream(settings)
    var decoder = try BenchStore.decoder()
    var recycled = BenchStore.batch(at: 0)
    return try stream.batches(of: batchSize).map { events in
      let body = stream.bytes.span.extracting(stream.range(events))
      // Not what a clock says: the same work on any day.
      let receivedAt = Timestamp(seconds: EventStream.start + 86_400)
      if isCounted {
        BenchStore.begin(&recycled, at: events.lowerBound)
        recycled.receivedAt = receivedAt
        try tally.counted(events.lowerBound >= stream.count / 2) {
          try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &recycled)
        }
      }
      var batch = BenchStore.batch(at: events.lowerBound)
      batch.receivedAt = receivedAt
      try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &batch)
      try BenchFailure.unless(batch.rejections.allSatisfy { $0 == 0 }, "the stream holds an event that is refused")
      try BenchFailure.unless(!isCounted || batch == recycled, "used memory makes another batch")
      return batch
    }
  }

  private static func encode(_ tally: inout Tally) throws -> Int {
    let batches = try decode(settings(.repeated, count: decodedCount), isCounted: false, &tally)
    var bytes: [UInt8] = []
    for (index, batch) in batches.enumerated() {
      bytes.removeAll(keepingCapacity: true)
      try tally.counted(index >= batches.count / 2) { batch.encode(into: &bytes) }
    }
    return decodedCount / 2
  }

  /// Events without a place, which are only told from those that were there before.
  private func identities(_ tally: inout Tally) throws -> Int {
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    var verdicts: [Verdict] = []
    for isAgain in [false, true] {
      feed.serial = 0
      for start in stride(from: 0, to: Self.identityCount, by: Self.batchSize) {
        var batch = feed.batch(0..<Self.batchSize) { _ in nil }
        batch.receivedAt = Timestamp(microseconds: feed.time)
        let isCounted = isAgain ? self == .identityAgain : self == .identityNew && start >= Self.identityCount / 2
        let position = feed.nextPosition()
        try tally.counted(isCounted) { engine.apply(batch, at: position, into: &verdicts) }
        try BenchFailure.unless(
          verdicts.allSatisfy { $0 == (isAgain ? .duplicateOfIdentity : .accepted) }, "an identity has been taken for another")
      }
    }
    return self == .identityAgain ? Self.identityCount : Self.identityCount / 2
  }

  private func fold(_ tally: inout Tally) throws -> Int {
    let batches = try Self.decode(Self.settings(.repeated, count: Self.foldedCount), isCounted: false, &tally)
    var engine = Engine(settings: BenchStore.engineSettings)
    var verdicts: [Verdict] = []
    for (index, batch) in batches.enumerated() {
      let isSteady = index >= batches.count / 2
      let position = UInt64(index)
      try tally.counted(isSteady && self == .apply) {
        engine.apply(batch, at: position..<position + 1, into: &verdicts)
      }
      guard index % Self.drainCount == Self.drainCount - 1 else { continue }
      try tally.counted(isSteady && self == .drain) { _ = engine.drain() }
    }
    return Self.foldedCount / 2
  }
}

/// Pieces of work, inside of `cbench_counted` where they are to be counted, and what they have allocated there.
private struct Tally {
  var allocations: UInt64 = 0

  mutating func counted(_ isCounted: Bool, _ work: () throws -> Void) throws {
    guard isCounted else { return try work() }
    var failure: (any Error)?
    // Looked at around the work alone: what calls it allocates, too.
    var allocationCount: UInt64 = 0
    let attempted = {
      let before = cbench_thread_allocations().count
      do { try work() } catch { failure = error }
      allocationCount = cbench_thread_allocations().count - before
    }
    withoutActuallyEscaping(attempted) { attempt in
      var attempt: () -> Void = attempt
      unsafe withUnsafeMutablePointer(to: &attempt) { pointer in
        unsafe cbench_counted(
          { unsafe $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, UnsafeMutableRawPointer(pointer))
      }
    }
    allocations += allocationCount
    if let failure { throw failure }
  }
}
