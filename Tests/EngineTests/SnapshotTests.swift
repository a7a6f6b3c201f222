import Foundation
import Reports
import TestSupport
import Testing

@testable import Engine

/// An engine that was taken down and given back goes on as if nothing had been.
@Suite struct SnapshotTests {
  /// The bytes of an engine's state; equal ones of equal states.
  static func bytes(_ engine: inout Engine, isSorted: Bool = true) -> [UInt8] {
    var writer = StateWriter(isSorted: isSorted)
    engine.write(into: &writer)
    let bytes = unsafe writer.withParts { parts in unsafe parts.flatMap { unsafe Array($0) } }
    #expect(bytes.count == writer.byteCount)
    return bytes
  }

  /// Without the bytes in the message of a failure.
  private static func areEqual(_ a: inout Engine, _ b: inout Engine) -> Bool { bytes(&a) == bytes(&b) }

  static func engine(_ bytes: [UInt8], _ settings: EngineSettings, chunk: Int = 1 << 20) throws(StateError) -> Engine {
    var offset = 0
    var reader = StateReader(byteCount: bytes.count) { () throws(StateError) in
      let end = min(bytes.count, offset + chunk)
      defer { offset = end }
      return Array(bytes[offset..<end])
    }
    return try Engine(settings: settings, reading: &reader)
  }

  static func scenario(_ seed: UInt64, days: Int) -> (events: [Event], settings: EngineSettings) {
    var generator = SeededGenerator(seed: seed &+ 91_000)
    let ordered = BatchBoundaryTests.stream(&generator, days: days)
    var arrived = EngineOracleTests.disorder(ordered, &generator, latenessSeconds: 8 * 3_600)
    // Some come twice, some contradict themselves, some bring no keywords.
    for index in stride(from: 50, to: arrived.count, by: 37) {
      var again = arrived[index - 40]
      if index % 2 == 0 { again.text += " otherwise" }
      arrived.insert(again, at: index)
      if index % 3 == 0 { arrived[index - 1].keywords = [] }
    }
    var settings = EngineSettings()
    settings.falseAlarmsPerDay = 0.5
    settings.sources = [SourceRule(prefix: "b", role: .staff)]
    if seed % 2 == 1 {
      settings.profiles.append(.region)
      settings.topics = [TopicRule(keywords: ["tree", "wat*"], profile: 1)]
    }
    return (arrived, settings)
  }

  /// Wherever it is cut and whenever it was drained last: the same verdicts, changes and, in the end, state.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func whatIsGivenBackGoesOnTheSame(seed: UInt64) throws {
    let (events, settings) = Self.scenario(seed, days: 40)
    var generator = SeededGenerator(seed: seed)
    var whole = Engine(settings: settings)
    var other = Engine(settings: settings)
    var episodeCount = 0
    var cutCount = 0
    for (turn, start) in stride(from: 0, to: events.count, by: 64).enumerated() {
      let batch = makeBatch(events[start..<min(events.count, start + 64)], firstSequence: UInt64(start + 1))
      let range = UInt64(turn)..<UInt64(turn + 1)
      let verdicts = whole.apply(batch, at: range)
      #expect(other.apply(batch, at: range) == verdicts, "seed \(seed), batch \(turn)")
      if Int.random(in: 0..<4, using: &generator) == 0 {
        let changes = whole.drain()
        episodeCount += changes.episodes.count
        #expect(other.drain() == changes, "seed \(seed), batch \(turn)")
      }
      if Bool.random(using: &generator) {
        let chunk = Int.random(in: 1...5_000, using: &generator)
        let bytes = Self.bytes(&other, isSorted: Bool.random(using: &generator))
        other = try Self.engine(bytes, settings, chunk: chunk)
        cutCount += 1
      }
    }
    #expect(cutCount > 5 && (seed % 2 == 1 || episodeCount > 3), "seed \(seed): trivial, \(episodeCount) episodes")
    #expect(Self.areEqual(&other, &whole), "seed \(seed)")
    #expect(other.drain() == whole.drain(), "seed \(seed)")
    #expect(other.census == whole.census, "seed \(seed)")
    #expect(other.oldestReferencedPosition == whole.oldestReferencedPosition, "seed \(seed)")
  }

  /// A state that is laid out in another way has another version: what an earlier program has written must not be read for it.
  @Test func theFormIsThatOfItsVersion() throws {
    let (events, settings) = Self.scenario(1, days: 20)
    var engine = Engine(settings: settings)
    for (turn, start) in stride(from: 0, to: events.count, by: 64).enumerated() {
      let batch = makeBatch(events[start..<min(events.count, start + 64)], firstSequence: UInt64(start + 1))
      _ = engine.apply(batch, at: UInt64(turn)..<UInt64(turn + 1))
    }
    var hasher = SipHash(key: .published)
    hasher.combine(Self.bytes(&engine).span)
    // Where this fails because the form has changed, raise `StateWriter.version` and write both numbers down.
    #expect((StateWriter.version, hasher.finish()) == (6, 1_168_975_173_884_253_518))
  }

  /// The canary: an engine from before the last batch is told apart.
  @Test func theComparisonCanFail() throws {
    let (events, settings) = Self.scenario(0, days: 3)
    var whole = Engine(settings: settings)
    _ = whole.apply(makeBatch(events[..<100]), at: 0..<1)
    var other = try Self.engine(Self.bytes(&whole), settings)
    _ = whole.apply(makeBatch(events[100..<101], firstSequence: 101), at: 1..<2)
    #expect(!Self.areEqual(&other, &whole))
  }

  /// Cut short anywhere, or with something behind it, it is refused and nothing else.
  @Test func whatIsNotWholeIsRefused() throws {
    let (events, settings) = Self.scenario(1, days: 20)
    var engine = Engine(settings: settings)
    for (turn, start) in stride(from: 0, to: events.count, by: 256).enumerated() {
      let batch = makeBatch(events[start..<min(events.count, start + 256)], firstSequence: UInt64(start + 1))
      _ = engine.apply(batch, at: UInt64(turn)..<UInt64(turn + 1))
    }
    let bytes = Self.bytes(&engine)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
      do throws(StateError) {
        _ = try Self.engine(Array(bytes[..<count]), settings)
        Issue.record("\(count) of \(bytes.count) bytes were taken for a whole state")
      } catch {
        #expect(error == .cutShort, "\(error)")
      }
    }
    do throws(StateError) {
      _ = try Self.engine(bytes + [0], settings)
      Issue.record("a byte too many was not seen")
    } catch { #expect(error == .tooLong(byteCount: 1)) }
  }

  /// Behind a checksum that was made for it anything may stand: it gives an error or an engine, and never a crash.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func rubbishNeverCrashesTheReader(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let (events, settings) = Self.scenario(seed % 2, days: 4)
    var engine = Engine(settings: settings)
    _ = engine.apply(makeBatch(events[..<min(250, events.count)]), at: 0..<1)
    var bytes = Self.bytes(&engine)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      for index in place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)) {
        bytes[index] = [0, 0xff, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
      }
    }
    do throws(StateError) { _ = try Self.engine(bytes, settings) } catch { #expect(!error.description.isEmpty) }
  }

  /// No later position than what it still refers to: neither samples of live reports nor refused events.
  @Test func whatIsReferredToIsKnown() {
    var engine = Engine(settings: EngineSettings())
    #expect(engine.oldestReferencedPosition == 0)
    let day: Int64 = 86_400
    for turn in 0..<40 as Range<Int64> {
      let event = Event(id: "\(turn)", seconds: 1_423_008_000 + turn * day, text: "a word")
      let position = UInt64(turn) * 10
      _ = engine.apply(makeBatch([event], firstSequence: UInt64(turn + 1)), at: position..<position + 10)
      #expect(engine.oldestReferencedPosition <= position)
      if turn % 2 == 0 { _ = engine.drain() }
    }
    // What is weeks old was let go of.
    #expect(engine.oldestReferencedPosition > 200, "\(engine.oldestReferencedPosition)")
  }

  // MARK: What is taken down

  /// Bytes that the values in a value take, without what stands between them; nil where some are optional.
  private static func byteCount(_ value: Any) -> Int? {
    switch value {
    case is Bool, is UInt8: return 1
    case is Int32, is UInt32, is Float: return 4
    case is Int, is Int64, is UInt64, is Double: return 8
    case is Int128: return 16
    default:
      let children = Mirror(reflecting: value).children
      guard !children.isEmpty, Mirror(reflecting: value).displayStyle != .optional else { return nil }
      var sum = 0
      for child in children {
        guard let own = byteCount(child.value) else { return nil }
        sum += own
      }
      return sum
    }
  }

  private static func isPlain<Value>(_ value: Value) -> Bool { byteCount(value) == MemoryLayout<Value>.stride }

  /// Nothing that merely stood in memory gets into a snapshot.
  @Test func whatIsPlainHasNoPadding() {
    let (id, time, cell) = (ClusterID(rawValue: 0), Timestamp(microseconds: 0), CellID.nowhere)
    #expect(Self.isPlain(time) && Self.isPlain(id) && Self.isPlain(cell) && Self.isPlain(BoundingBox.blank))
    #expect(Self.isPlain(Coordinate(latitudeE7: 0, longitudeE7: 0)) && Self.isPlain(Epoch(high: 0, low: 0)))
    #expect(Self.isPlain(Significance.blank) && Self.isPlain(Ledger()) && Self.isPlain(Changes.Merge(absorbed: id, into: id)))
    #expect(Self.isPlain(Changes.Rollup(keyword: 0, cell: cell, hour: 0, reportCount: 0, witnessCount: 0)))
    #expect(Self.isPlain(ClusterSummary.CellCount(cell: cell, reportCount: 0, witnessCount: 0)))
    #expect(Self.isPlain(ClusterSummary.SampleReference(time: time, position: 0, row: 0)))
    #expect(Self.isPlain(EpisodeSummary.blank.baseline))
    #expect(Self.isPlain(EpisodeSummary.CellScore(cell: cell, box: .blank, observed: 0, expected: 0)))
    #expect(Self.isPlain(EpisodeSummary.BinScore(startsAt: time, observed: 0, expected: 0)))
    #expect(Self.isPlain(Node(keyword: 0, cell: cell, bin: 0, coreThreshold: 0)))
    #expect(Self.isPlain(EvidencePool.Source(number: 0, witnessCount: 0)))
    #expect(Self.isPlain(EvidencePool.Mark(identity: 0, place: 0, text: 0)))
    #expect(Self.isPlain(EvidencePool.Sample(time: time, textHash: 0, identityHash: 0, position: 0, row: 0)))
    #expect(Self.isPlain(IdentityTable.Generation(startedAt: 0, endedAt: 0, count: 0)))
    #expect(Self.isPlain(TileMap.Tile()))
    #expect(Self.isPlain(Series(keyword: 0, key: .wholeArea, bin: 0)))
    #expect(Self.isPlain(YoungCounts.Ahead(series: 0, count: 0)))
    #expect(Self.isPlain(KeywordBaseline(keyword: 0, series: 0, firstSource: 0, firstBin: 0)))
    #expect(Self.isPlain(Detector.Change(slot: 0, cell: cell)))
    #expect(Self.isPlain(SourceState.Place(place: Coordinate(latitudeE7: 0, longitudeE7: 0), count: 0)))
    // The canary: these have some.
    #expect(!Self.isPlain(SourceOutage.blank) && !Self.isPlain(WindowScore.blank))
  }

  /// Every type that says it is plain is looked at above.
  @Test func everyPlainTypeIsLookedAt() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Engine/Snapshot/Plain.swift")
    let text = try String(contentsOf: file.standardized, encoding: .utf8)
    #expect(text.matches(of: /extension [\w.]+: Plain/).count == 35)
  }

  /// Variables that the state does not hold, by file: what settings determine, what is made anew, what is only scratch; and what is taken down in parts under other names.
  private static let leftOut: [String: Set<String>] = [
    "Engine.swift": ["sourceStates", "scopes", "ownHashes", "batchKeywords", "lastSource", "minuteEnd"],
    "Slab.swift": ["free"],
    "IdentityTable.swift": ["marks", "calm"],
    "TermWeights.swift": ["ranked", "chosen"],
    "IdentityBuckets.swift": ["vacancy", "onTheirWay"],
    "ClusterIndex.swift": [
      "around", "aroundMarks", "joining", "neighbors", "prospects", "warmth", "members", "sum", "marks", "leaders", "closedAt",
      "recentBin",
    ],
    "Bin.swift": ["number"],
    "BinTable.swift": ["recent", "bins", "spare"],
    "Cluster.swift": ["totals", "areTotalsStale"],
    "KeywordTable.swift": ["recent"],
    "YoungCounts.swift": ["members"],
    "EventClock.swift": ["leaper"],
    "Scope.swift": ["scratch", "scored", "awaiting"],
    "LateChanges.swift": ["spare"],
    "ProducerTable.swift": ["numbers"],
    "Ledger.swift": ["role", "received", "accepted", "duplicate", "late", "rejected"],
    "Detector.swift": ["screens"],
    "Quarantine.swift": ["retried"],
    "HistoryPoint.swift": ["kind", "state"],
  ]

  /// Whoever gives a type of the engine one more variable has to say what becomes of it in a snapshot.
  @Test func everyVariableIsTakenDownOrLeftOutOnPurpose() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Engine").standardized
    let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    var checked = 0
    for name in names.sorted() where name.hasSuffix(".swift") && !name.hasPrefix("Snapshot/") && !name.contains("+") {
      var text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let state = folder.appending(path: name.replacing(".swift", with: "+State.swift"))
      if let more = try? String(contentsOf: state, encoding: .utf8) { text += more }
      guard text.contains("func code") else { continue }
      let file = URL(filePath: name).lastPathComponent
      let variable =
        /^  (?:(?:package|private|fileprivate|private\(set\)|package private\(set\)) )*var (\w+)(?:: [^{=]+)?(?: = .+)?$/
        .anchorsMatchLineEndings()
      for match in text.matches(of: variable) {
        let variable = String(match.1)
        checked += 1
        let isLeftOut = Self.leftOut[file]?.contains(variable) ?? false
        let isCoded =
          text.contains("coder.code(&\(variable))") || text.contains("coder.code(&\(variable),")
          || text.contains("try \(variable).code(&coder)") || text.contains("coder.code(&\(variable).")
        #expect(
          isCoded != isLeftOut, "\(name): \(variable) is \(isCoded ? "taken down, and listed as left out" : "not taken down")")
      }
    }
    #expect(checked > 180, "only \(checked) variables were seen")
  }
}
