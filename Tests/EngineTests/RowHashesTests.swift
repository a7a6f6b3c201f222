import Reports
import TestSupport
import Testing

@testable import Engine

/// Hashes of rows that somebody else has taken, against those that the engine takes itself.
@Suite struct RowHashesTests {
  /// Taken into memory that others stood in, ahead or not: the same verdicts, changes and state; of rows that are refused, were erased, have
  /// no text or come again, too.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func whoeverTakesThemTheyAreTheSame(seed: UInt64) {
    let (events, settings) = SnapshotTests.scenario(seed, days: 12)
    var generator = SeededGenerator(seed: seed &+ 7_000)
    var own = Engine(settings: settings)
    var told = Engine(settings: settings)
    var hashes = RowHashes()
    var (verdicts, refusedCount, erasedCount, againCount) = ([Verdict](), 0, 0, 0)
    for (turn, start) in stride(from: 0, to: events.count, by: 32).enumerated() {
      var chosen = Array(events[start..<min(events.count, start + 32)])
      for index in chosen.indices where Int.random(in: 0..<5, using: &generator) == 0 { chosen[index].text = "" }
      var batch = makeBatch(chosen[...], firstSequence: UInt64(start + 1))
      if turn % 3 == 0 {
        batch.rejections[turn % batch.count] = Rejection.malformedJSON.rawValue
        batch.raws = [.empty]
      }
      if turn % 4 == 0 {
        erasedCount += Engine.erase(&batch, [turn * 7 % batch.count], key: settings.identityKey, keepsTerms: turn % 8 == 0)
      }
      for again in 0..<(turn % 5 == 0 ? 2 : 1) {
        let range = UInt64(2 * turn + again)..<UInt64(2 * turn + again + 1)
        hashes.take(batch, key: settings.identityKey, isAhead: Bool.random(using: &generator))
        told.apply(batch, hashes, at: range, into: &verdicts)
        #expect(own.apply(batch, at: range) == verdicts, "seed \(seed), batch \(turn)")
        refusedCount += verdicts.count(where: \.isRejection)
        againCount += verdicts.count { $0 == .duplicateOfCursor || $0 == .duplicateOfIdentity }
      }
      if turn % 6 == 0 { #expect(own.drain() == told.drain(), "seed \(seed), batch \(turn)") }
    }
    let areEqual = SnapshotTests.bytes(&own) == SnapshotTests.bytes(&told)
    #expect(areEqual, "seed \(seed)")
    #expect(refusedCount > 2 && erasedCount > 2 && againCount > 2, "\(refusedCount) \(erasedCount) \(againCount)")
  }

  /// The canary: of another batch's hashes the engine makes another state.
  @Test func othersShow() {
    let (events, settings) = SnapshotTests.scenario(0, days: 3)
    let (first, second) = (makeBatch(events[..<32]), makeBatch(events[32..<64]))
    var own = Engine(settings: settings)
    var told = Engine(settings: settings)
    var hashes = RowHashes()
    var verdicts: [Verdict] = []
    hashes.take(second, key: settings.identityKey, isAhead: true)
    told.apply(first, hashes, at: 0..<1, into: &verdicts)
    own.apply(first, at: 0..<1, into: &verdicts)
    let areEqual = SnapshotTests.bytes(&own) == SnapshotTests.bytes(&told)
    #expect(!areEqual)
  }

  /// What the shadow null runs through is the detector as it stands.
  @Test func aCopyOfADetectorIsInTheSameState() {
    let (events, settings) = SnapshotTests.scenario(2, days: 30)
    var engine = Engine(settings: settings)
    for (turn, start) in stride(from: 0, to: events.count, by: 256).enumerated() {
      let batch = makeBatch(events[start..<min(events.count, start + 256)], firstSequence: UInt64(start + 1))
      _ = engine.apply(batch, at: UInt64(turn)..<UInt64(turn + 1))
    }
    func bytes(_ detector: inout Detector) -> [UInt8] {
      var writer = StateWriter(isSorted: true)
      do { try detector.code(&writer) } catch { Issue.record(error) }
      return unsafe writer.withParts { parts in unsafe parts.flatMap { unsafe Array($0) } }
    }
    var copy = engine.scopes[0].detector.copy()
    let areEqual = bytes(&copy) == bytes(&engine.scopes[0].detector)
    #expect(areEqual && copy.table.count > 100)
    copy.table.clearEntries()
    let areStillEqual = bytes(&copy) == bytes(&engine.scopes[0].detector)
    #expect(!areStillEqual, "they share nothing")
  }
}
