import Reports
import TestSupport
import Testing

@testable import Engine

/// The table of identities against a dictionary of sights.
@Suite struct IdentityTableTests {
  private static let hour: Int64 = 3_600_000_000

  private func draw(_ generator: inout SeededGenerator, from names: Int) -> (high: UInt64, low: UInt64) {
    let name = UInt64(Int.random(in: 0..<names, using: &generator))
    // Few distinct low words: long probe chains.
    return (name, name % 61)
  }

  /// Remembered at least as long as the window since the last sight, and a sixteenth and the current generation longer at most.
  @Test(arguments: [true, false]) func itRemembersFromTheRightSight(isSliding: Bool) {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("identity table seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let window = 16 * Self.hour
    var table = IdentityTable(windowMicroseconds: window, capacity: 100_000)
    var sights: [UInt64: Int64] = [:]
    var (now, lastChange) = (Int64(0), Int64(0))
    var (knownCount, firstCount) = (0, 0)
    for turn in 0..<60_000 {
      now += Int64.random(in: 0...(Self.hour / 20), using: &generator)
      if Int.random(in: 0..<5_000, using: &generator) == 0 { now += 3 * window }
      let name = draw(&generator, from: turn % 3 == 0 ? 40 : 4_000)
      let at = Timestamp(microseconds: now)
      let sight = table.sight(high: name.high, low: name.low, digest: 0)
      let age = sights[name.high].map { now - $0 }
      switch sight {
      case .same:
        // A generation goes as a whole, when something comes in.
        let kept = lastChange - (sights[name.high] ?? .min / 2)
        #expect(kept <= window + window / 16, "seed \(seed), turn \(turn): still known after \(kept) µs")
        knownCount += 1
        if isSliding {
          table.renew(high: name.high, low: name.low, digest: 0, at: at)
          (sights[name.high], lastChange) = (now, now)
        }
      case .first:
        if let age { #expect(age > window, "seed \(seed), turn \(turn): forgotten after \(age) µs") }
        firstCount += 1
        table.insert(high: name.high, low: name.low, digest: 0, at: at)
        (sights[name.high], lastChange) = (now, now)
      case .conflicting: Issue.record("nothing conflicts; seed \(seed)")
      }
      #expect(table.byteCount <= IdentityTable.byteCountBound(capacity: 100_000))
    }
    #expect(knownCount > 1_000 && firstCount > 1_000, "\(knownCount), \(firstCount)")
  }

  /// What is renewed again and again is moved, not added, however full the table is.
  @Test func renewingKeepsTheCountAndTheBound() {
    var table = IdentityTable(windowMicroseconds: 1_000 * Self.hour, capacity: 320)
    for name in 0..<200 as Range<UInt64> { table.insert(high: name, low: name, digest: 0, at: Timestamp(microseconds: 0)) }
    for turn in 0..<100_000 as Range<UInt64> {
      let name = turn % 200
      guard table.sight(high: name, low: name, digest: 0) == .same else { Issue.record("\(name) is forgotten"); return }
      table.renew(high: name, low: name, digest: 0, at: Timestamp(microseconds: Int64(turn)))
    }
    #expect(table.count == 200 && table.forgottenEarlyCount == 0)
    // Full: those that were seen last stay.
    for name in 1_000..<1_310 as Range<UInt64> {
      table.insert(high: name, low: name, digest: 0, at: Timestamp(microseconds: 200_000))
    }
    #expect(table.count <= 320 && table.sight(high: 1_309, low: 1_309, digest: 0) == .same)
    #expect(table.byteCount <= IdentityTable.byteCountBound(capacity: 320))
  }

  /// What is said of the bytes: 48 to 96 an identity, by the number that the configuration allows.
  @Test func theStatedBytesHold() {
    for capacity in [1_000, 16_000_000, 16_777_216, 40_000_000] {
      let perEntry = Double(IdentityTable.byteCountBound(capacity: capacity)) / Double(capacity)
      #expect(perEntry >= 48 && perEntry <= 97, "\(capacity): \(perEntry)")
    }
    var table = IdentityTable(windowMicroseconds: Self.hour, capacity: 50_000)
    for name in 0..<200_000 as Range<UInt64> {
      table.insert(
        high: name &* 0x9e37_79b9_7f4a_7c15, low: name &* 0xff51_afd7_ed55_8ccd, digest: 0, at: Timestamp(microseconds: 1))
    }
    #expect(table.byteCount == IdentityTable.byteCountBound(capacity: 50_000), "the bound is reached, and not passed")
  }

  /// A report that is sent again every five days: after a week's window from its first sight it is known no more, and too late.
  @Test(arguments: DeduplicationWindow.allCases) func theSettingDecides(_ window: DeduplicationWindow) {
    var settings = EngineSettings()
    settings.deduplicationWindow = window
    var engine = Engine(settings: settings)
    var verdicts: [Verdict] = []
    for day in stride(from: 0 as Int64, through: 40, by: 5) {
      // Another goes first, so that the time has come; each epoch is new, so that it is no resent batch.
      let events = [Event(id: "other \(day)", seconds: day * 86_400), Event(id: "again", seconds: 0)]
      let told = engine.apply(makeBatch(events, epoch: UInt64(day + 1)), at: UInt64(day)..<UInt64(day + 1))
      #expect(told[0] == .accepted)
      verdicts.append(told[1])
    }
    let expected: [Verdict] =
      window == .sliding
      ? [.accepted] + Array(repeating: .duplicateOfIdentity, count: 8)
      : [.accepted, .duplicateOfIdentity] + Array(repeating: .late, count: 7)
    #expect(verdicts == expected)
  }
}
