import CBench
import Decode
import Engine
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

  private static let batchSize = 256
  private static let decodedCount = 6_144
  private static let foldedCount = 12_288
  private static let identityCount = 32_768
  /// Batches between two drains.
  private static let drainCount = 8

  /// - Returns: How many events have been counted.
  func run() throws -> Int {
    switch self {
    case .decode, .decodeVaried:
      let settings = Self.settings(self == .decode ? .repeated : .varied, count: Self.decodedCount)
      _ = try Self.decode(settings, isCounted: true)
      return Self.decodedCount / 2
    case .encode: return try Self.encode()
    case .identityNew, .identityAgain: return try identities()
    case .apply, .drain: return try fold()
    }
  }

  private static func settings(_ layout: StreamSettings.Layout, count: Int) -> StreamSettings {
    var settings = StreamSettings()
    (settings.layout, settings.eventCount) = (layout, count)
    return settings
  }

  /// A stream's batches; where it is counted, the second half of them.
  private static func decode(_ settings: StreamSettings, isCounted: Bool) throws -> [ReportBatch] {
    let stream = EventStream(settings)
    var decoder = try BenchStore.decoder()
    return try stream.batches(of: batchSize).map { events in
      var batch = BenchStore.batch(at: events.lowerBound)
      // Not what a clock says: the same work on any day.
      batch.receivedAt = Timestamp(seconds: EventStream.start + 86_400)
      let body = stream.bytes.span.extracting(stream.range(events))
      try counted(isCounted && events.lowerBound >= stream.count / 2) {
        try decoder.decode(body, format: .ndjson, expectedCount: events.count, into: &batch)
      }
      try BenchFailure.unless(batch.rejections.allSatisfy { $0 == 0 }, "the stream holds an event that is refused")
      return batch
    }
  }

  private static func encode() throws -> Int {
    let batches = try decode(settings(.repeated, count: decodedCount), isCounted: false)
    var bytes: [UInt8] = []
    for (index, batch) in batches.enumerated() {
      bytes.removeAll(keepingCapacity: true)
      try counted(index >= batches.count / 2) { batch.encode(into: &bytes) }
    }
    return decodedCount / 2
  }

  /// Events without a place, which are only told from those that were there before.
  private func identities() throws -> Int {
    var feed = RowFeed()
    var engine = Engine(settings: BenchStore.engineSettings)
    for isAgain in [false, true] {
      feed.serial = 0
      for start in stride(from: 0, to: Self.identityCount, by: Self.batchSize) {
        let batch = feed.batch(0..<Self.batchSize) { _ in nil }
        let isCounted = isAgain ? self == .identityAgain : self == .identityNew && start >= Self.identityCount / 2
        let position = feed.nextPosition()
        var verdicts: [Verdict] = []
        try Self.counted(isCounted) { verdicts = engine.apply(batch, at: position) }
        try BenchFailure.unless(
          verdicts.allSatisfy { $0 == (isAgain ? .duplicateOfIdentity : .accepted) }, "an identity has been taken for another")
      }
    }
    return self == .identityAgain ? Self.identityCount : Self.identityCount / 2
  }

  private func fold() throws -> Int {
    let batches = try Self.decode(Self.settings(.repeated, count: Self.foldedCount), isCounted: false)
    var engine = Engine(settings: BenchStore.engineSettings)
    for (index, batch) in batches.enumerated() {
      let isSteady = index >= batches.count / 2
      let position = UInt64(index)
      try Self.counted(isSteady && self == .apply) { _ = engine.apply(batch, at: position..<position + 1) }
      guard index % Self.drainCount == Self.drainCount - 1 else { continue }
      try Self.counted(isSteady && self == .drain) { _ = engine.drain() }
    }
    return Self.foldedCount / 2
  }

  /// Does a piece of work, inside of `cbench_counted` where it is to be counted.
  private static func counted(_ isCounted: Bool, _ work: () throws -> Void) throws {
    guard isCounted else { return try work() }
    var failure: (any Error)?
    withoutActuallyEscaping({ do { try work() } catch { failure = error } }) { attempt in
      var attempt: () -> Void = attempt
      unsafe withUnsafeMutablePointer(to: &attempt) { pointer in
        unsafe cbench_counted(
          { unsafe $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, UnsafeMutableRawPointer(pointer))
      }
    }
    if let failure { throw failure }
  }
}
