import Reports
import TestSupport
import Testing

@testable import Engine

/// The table of identities against a dictionary of sights.
@Suite struct IdentityTableTests {
  private static let hour: Int64 = 3_600_000_000

  private func draw(_ generator: inout SeededGenerator, from names: Int) -> (high: UInt64, low: UInt64) {
    let name = UInt64(Int.random(in: 0..<names, using: &generator))
    // Few distinct low words, all of one block: long paths, that cross each other and go on from a full block to the next.
    return (name << 44, name % 61)
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
    for turn in 0..<20_000 {
      now += Int64.random(in: 0...(Self.hour / 60), using: &generator)
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

  /// The same told simply: every identity with its digest and the number of its generation.
  private struct Twin {
    var window: Int64
    var capacity: Int
    var generations: [(number: Int, startedAt: Int64, endedAt: Int64, count: Int)] = []
    var known: [UInt64: (digest: UInt64, number: Int)] = [:]
    var nextNumber = 0
    var forgottenEarlyCount: UInt64 = 0

    var count: Int { generations.reduce(0) { $0 + $1.count } }

    func sight(_ name: UInt64, _ digest: UInt64) -> IdentityTable.Sight {
      guard let one = known[name], let oldest = generations.first, one.number >= oldest.number else { return .first }
      return one.digest == digest ? .same : .conflicting
    }

    mutating func advance(_ now: Int64) {
      while let oldest = generations.first,
        oldest.endedAt < now - window || (oldest.count == 0 && generations.count > 1)
      { generations.removeFirst() }
      while count >= capacity, generations.count > 1 { forgottenEarlyCount += UInt64(generations.removeFirst().count) }
      if let last = generations.last, now - last.startedAt < window / 16, last.count < capacity / 16 || generations.count >= 64 {
        generations[generations.count - 1].endedAt = max(last.endedAt, now)
      } else {
        generations.append((nextNumber, now, now, 0))
        nextNumber += 1
      }
    }

    mutating func insert(_ name: UInt64, _ digest: UInt64, _ now: Int64) {
      advance(now)
      generations[generations.count - 1].count += 1
      known[name] = (digest, generations[generations.count - 1].number)
    }

    mutating func renew(_ name: UInt64, _ digest: UInt64, _ now: Int64) {
      advance(now)
      guard let one = known[name], let index = generations.firstIndex(where: { $0.number == one.number }) else {
        return insert(name, digest, now)
      }
      generations[index].count -= 1
      generations[generations.count - 1].count += 1
      known[name]?.number = generations[generations.count - 1].number
    }
  }

  /// What a snapshot gives back.
  private func restored(_ table: inout IdentityTable, capacity: Int) throws -> IdentityTable {
    var writer = StateWriter()
    try table.code(&writer)
    var bytes = unsafe writer.withParts { parts in unsafe parts.flatMap { unsafe Array($0) } }
    var copy = IdentityTable(windowMicroseconds: 16 * Self.hour, capacity: capacity)
    var reader = StateReader(byteCount: bytes.count) { () throws(StateError) in
      defer { bytes = [] }
      return bytes
    }
    try copy.code(&reader)
    try reader.finish()
    return copy
  }

  /// Growing, expiring, full, swept, written down and given back: it says what its twin says.
  @Test(arguments: 0..<24 as Range<UInt64>) func itSaysWhatItsTwinSays(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let capacity = [20, 900, 4_000, 30_000][Int(seed % 4)]
    let isCrowded = seed % 8 > 5
    var table = IdentityTable(windowMicroseconds: 16 * Self.hour, capacity: capacity)
    var twin = Twin(window: 16 * Self.hour, capacity: capacity)
    let step = [Self.hour / 2_000, Self.hour / 100][Int(seed / 4 % 2)]
    var (now, most) = (Int64(seed) * Self.hour, 0)
    for turn in 0..<(isCrowded ? 6_000 : 30_000) {
      now = max(0, now + Int64.random(in: -step / 4...step, using: &generator))
      if Int.random(in: 0..<4_000, using: &generator) == 0 { now += 8 * Self.hour }
      let name = UInt64.random(in: 0..<UInt64(capacity * 2), using: &generator)
      // Seldom two of one low word; where it is crowded, all of few, so that blocks run full.
      let (high, low) = isCrowded ? (name << 44, name % 7 &* 0x2545_f491_4f6c_dd1d) : (name << 50, name &* 0x9e37_79b9_7f4a_7c15)
      let digest: UInt64 = Int.random(in: 0..<8, using: &generator) == 0 ? 1 << 60 : 1 << (28 + name % 30)
      if turn % 256 == 0 { table.warm((0..<256 as Range<UInt64>).map { (name &+ $0) &* 0x9e37_79b9_7f4a_7c15 }) }
      let sight = table.sight(high: high, low: low, digest: digest)
      #expect(sight == twin.sight(name, digest), "seed \(seed), turn \(turn)")
      let at = Timestamp(microseconds: now)
      switch sight {
      case .first:
        table.insert(high: high, low: low, digest: digest, at: at)
        twin.insert(name, digest, now)
      case .same where turn % 3 == 0:
        table.renew(high: high, low: low, digest: digest, at: at)
        twin.renew(name, digest, now)
      case .same, .conflicting: break
      }
      most = max(most, table.count)
      guard table.count == twin.count, table.forgottenEarlyCount == twin.forgottenEarlyCount else {
        Issue.record("seed \(seed), turn \(turn): \(table.count) are held, \(twin.count) by the twin")
        return
      }
      if turn % 5_000 == 4_999 { table = try restored(&table, capacity: capacity) }
      #expect(table.byteCount <= IdentityTable.byteCountBound(capacity: capacity))
    }
    #expect(most > min(capacity, 5_000) / 4, "\(most) of \(capacity)")
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

  /// What is said of the bytes: 24 an identity at most, by the number that the configuration allows; and no fewer than 18.8.
  @Test func theStatedBytesHold() {
    for capacity in [1_000_000, 16_000_000, 16_777_216, 40_000_000] {
      let perEntry = Double(IdentityTable.byteCountBound(capacity: capacity)) / Double(capacity)
      #expect(perEntry >= 18.8 && perEntry <= 24, "\(capacity): \(perEntry)")
    }
    var table = IdentityTable(windowMicroseconds: Self.hour, capacity: 50_000)
    for name in 0..<200_000 as Range<UInt64> {
      table.insert(
        high: name &* 0x9e37_79b9_7f4a_7c15, low: name &* 0xff51_afd7_ed55_8ccd, digest: 0, at: Timestamp(microseconds: 1))
    }
    let bound = IdentityTable.byteCountBound(capacity: 50_000)
    #expect(table.byteCount <= bound && table.byteCount * 5 > bound * 4, "the bound is nearly reached, and not passed")
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
