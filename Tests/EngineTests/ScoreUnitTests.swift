import Reports
import Statistics
import TestSupport
import Testing

@testable import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// The small parts of detection, each against its definition.
@Suite struct ScoreUnitTests {
  @Test func decayIsAPowerOfAHalf() {
    for halfLife in [24.0, 672, 2_688] {
      let decay = Decay(halfLifeBins: halfLife)
      for bins in [0, 1, 2, 23, 1_023, 1_024, 1_025, 5_000, 100_000, 262_143] {
        let exact = pow(0.5, Double(bins) / halfLife)
        #expect(abs(decay.weight(bins) - exact) <= 1e-9 * exact + 1e-300, "\(halfLife) \(bins)")
      }
      #expect(decay.weight(262_144) == 0 && decay.weight(.max) == 0 && decay.weight(-5) == 1)
      #expect(abs(decay.sum(50) - (0..<50).reduce(0) { $0 + pow(0.5, Double($1) / halfLife) }) < 1e-9)
      #expect(decay.sum(0) == 0 && decay.sum(-3) == 0)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func seasonKnowsAGapFromAQuietHour(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var season = Season()
    for hour in 0..<Season.slotCount * 6 {
      let slot = hour % Season.slotCount
      // Mondays are not covered; nights are quiet.
      let isCovered = slot / 24 != 0
      let rate = slot % 24 < 8 ? 2.0 : 20
      season.add(isCovered ? rate : 0, coverage: isCovered ? 1 : 0, slot: slot)
      if Int.random(in: 0..<500, using: &generator) == 0 { season.decay() }
    }
    let factors = season.factors(parent: nil, weight: 1)
    let all = (0..<Season.slotCount).map { Season.factor(factors, slot: $0) }
    #expect(abs(all.reduce(0, +) / Double(all.count) - 1) < 0.02, "seed \(seed)")
    // The uncovered day is drawn to one, as nothing is known of it; its hours follow the other days'.
    #expect(all[12] > 0.7 * all[36] && all[12] < 1.4 * all[36], "seed \(seed): \(all[12]) \(all[36])")
    #expect(all[27] * 4 < all[36], "seed \(seed)")
    #expect(Season().factors(parent: nil, weight: 1) == Season.flat)
    #expect(Season.slot(localHour: 0) == 72 && Season.slot(localHour: -73) == 167 && Season.slot(localHour: 96) == 0)
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func sketchesTellWhatSetsShare(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for (own, shared, others) in [(0, 10, 0), (20, 10, 5), (30, 0, 30), (400, 400, 0), (1_000, 500, 200), (5_000, 50, 10)] {
      let hashes = (0..<own + shared + others).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
      let (a, b) = (Set(hashes.prefix(own + shared)), Set(hashes.suffix(shared + others)))
      var (first, second, united) = (Sketch(), Sketch(), Sketch())
      for hash in a.shuffled(using: &generator) { first.insert(hash) }
      for hash in b.shuffled(using: &generator) { second.insert(hash) }
      for hash in a { first.insert(hash) }
      #expect(first.hashes == Array(a.sorted().prefix(64)), "seed \(seed)")
      united.insert(first)
      united.insert(second)
      #expect(united.hashes == Array(a.union(b).sorted().prefix(64)), "seed \(seed)")
      let both = Double(a.intersection(b).count)
      let resemblance = both / Double(a.union(b).count)
      let containment = both / Double(min(a.count, b.count))
      let isExact = a.count < 64 && b.count < 64
      #expect(abs(first.resemblance(second) - resemblance) <= (isExact ? 1e-12 : 0.25), "seed \(seed)")
      if isExact {
        #expect(abs((first.containment(second) ?? -1) - containment) <= 1e-12, "seed \(seed)")
        #expect(first.count == Double(a.count))
      } else {
        #expect(abs(first.count / Double(max(64, a.count)) - 1) < 0.6, "seed \(seed) \(first.count) \(a.count)")
      }
    }
    #expect(Sketch().containment(Sketch()) == nil && Sketch().resemblance(Sketch()) == 0)
  }

  private static func exceedance(_ keyword: UInt32, _ window: CellID, days: Double, scale: Int = 0) -> Exceedance {
    Exceedance(
      slot: 0, keyword: keyword, scale: scale, window: window, durationBins: 1, observed: 9, expected: 1, rate: 1,
      seasonFactor: 1,
      priorShare: 0, dispersion: 1.5, varianceRatio: 1.5, logTail: -9, seriesCount: 1, familyCount: 1, nominalDays: days,
      isNovel: false, logFactor: 0, wholeObserved: 0, wholeExpected: 0)
  }

  @Test func tracksJoinWhatOverlapsAndKeepTheRarest() {
    let geometry = WindowGeometry(cellMeters: 25_000)
    var tracks = Tracks(quietBins: 24, levels: [1, 10])
    let (here, there) = (CellID(row: 500, column: 3), CellID(row: 500, column: 90))
    tracks.add([Self.exceedance(1, here, days: 2)], bin: 0, geometry)
    tracks.add([Self.exceedance(1, here, days: 20), Self.exceedance(1, there, days: 3)], bin: 24, geometry)
    tracks.add([Self.exceedance(2, here, days: 5), Self.exceedance(1, here, days: 0.5)], bin: 48, geometry)
    // After more than the quiet time it is another run.
    tracks.add([Self.exceedance(1, here, days: 2)], bin: 49, geometry)
    tracks.finish()
    #expect(tracks.counts == [4, 1])
    tracks.decay(0.5)
    tracks.add([1, 1])
    #expect(tracks.counts == [3, 1.5])
  }

  @Test func calibrationStaysWithinBoundsAndNoticesClumps() {
    let settings = EngineSettings()
    let geometry = WindowGeometry(cellMeters: 1_000)
    func health(clumpsPerDay: Int) -> Double {
      var calibration = Calibration(profile: .city, settings: settings)
      for day in 0..<Int32(120) {
        let clumps = (0..<clumpsPerDay).map {
          Self.exceedance(UInt32($0), CellID(row: UInt32(9_000 + day * 5), column: 5), days: 8)
        }
        calibration.watch(clumps, bin: day * 24, geometry)
        calibration.passDay()
      }
      return calibration.healthRatio
    }
    #expect(health(clumpsPerDay: 0) < 1)
    #expect(health(clumpsPerDay: 1) > 1.5)
    #expect(health(clumpsPerDay: 3) > health(clumpsPerDay: 1))
    for (counts, days) in [([0.0, 0, 0, 0], 10_000.0), ([1e6, 1e6, 1e6, 1e6], 10), ([0, 0, 0, 0], 0)] {
      var calibration = Calibration(profile: .city, settings: settings)
      for _ in 0..<20 { calibration.learn(counts, days: days, weight: 1) }
      #expect(calibration.episodeFactor >= 0.005 && calibration.episodeFactor <= 2)
      #expect(calibration.stated(30) >= 15 && calibration.logLoosestDays.isFinite)
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func marksAreTheLeastInAnyOrder(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let identities = (0..<Int.random(in: 1...200, using: &generator)).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
    var pool = EvidencePool()
    var lists: [[UInt32]] = []
    var sorted: [EvidencePool.Mark] = []
    for _ in 0..<4 {
      var node = Node(keyword: 0, cell: .nowhere, bin: 0, coreThreshold: 0)
      for identity in identities.shuffled(using: &generator) {
        _ = pool.addMark(EvidencePool.Mark(identity: identity, place: 0, text: 0), to: &node.marks)
      }
      pool.sortMarks(node.marks, into: &sorted)
      lists.append(sorted.map(\.identity))
      if Bool.random(using: &generator) { pool.removeAll(of: &node) }
    }
    for list in lists { #expect(list == Array(identities.sorted().prefix(Limits.nodeMarkCount)), "seed \(seed)") }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func samplesAreTheEarliestOfEachTextInAnyOrder(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // Few times and texts, so that many tie.
    let samples = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
      EvidencePool.Sample(
        time: Timestamp(microseconds: .random(in: 0...9, using: &generator)), textHash: .random(in: 1...6, using: &generator),
        identityHash: .random(in: 1...9, using: &generator), position: 0, row: 0)
    }
    let expected = EvidencePool.earliestDistinct(samples)
    var pool = EvidencePool()
    for _ in 0..<4 {
      var node = Node(keyword: 0, cell: .nowhere, bin: 0, coreThreshold: 0)
      for sample in samples.shuffled(using: &generator) { pool.addSample(sample, to: &node.samples) }
      var list: [EvidencePool.Sample] = []
      pool.forEachSample(node.samples) {
        list.append($0)
        return true
      }
      #expect(list == expected, "seed \(seed)")
      if Bool.random(using: &generator) { pool.removeAll(of: &node) }
    }
  }

  @Test func countsOfSeriesSaturate() {
    var table = SeriesTable(key: .published, youngBins: 30)
    let index = table.insert(Series(keyword: 1, key: .wholeArea, bin: 0))
    table.add(.max - 1, bin: 3, to: index)
    table.add(5, bin: 3, to: index)
    table.add(1, bin: 2, to: index)
    #expect(table.young.entryCount == 2 && table[index].youngCount == .max)
    #expect(Self.entries(of: index, table, from: 10) == [3: .max, 2: 1])
    #expect(table.young.memberCount(ofBin: 3) == 1 && table.take(0, ofBin: 3) == (index, .max))
    table.pass(3)
    #expect(Self.entries(of: index, table, from: 10).isEmpty)
    table.add(2, bin: 4, to: index)
    #expect(table[index].youngCount == 2)
  }

  private static func entries(of index: UInt32, _ table: borrowing SeriesTable, from newest: Int32) -> [Int32: UInt32] {
    var entries: [Int32: UInt32] = [:]
    table.forEachEntry(of: index, from: newest) { bin, count in
      entries[bin] = count
      return true
    }
    return entries
  }

  /// Rings against dictionaries: counts of a byte and of more, bins that come late, lie far ahead, pass one by one and in leaps, and
  /// series that are forgotten.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func ringsHoldWhatDictionariesHold(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 90_000)
    let durations = [[1, 2, 4, 8, 14], [2, 5], [1, 3, 9, 30]][Int(seed % 3)]
    var table = SeriesTable(key: .published, youngBins: 20)
    var bands = RingBands()
    var twin: [[Int32: UInt32]] = Array(repeating: [:], count: 80)
    for keyword in 0..<80 as Range<UInt32> { _ = table.insert(Series(keyword: keyword, key: .wholeArea, bin: 0)) }
    var (newest, wide, late) = (Int32.random(in: -500...500, using: &generator), 0, 0)
    var past = newest - 15
    table.begin(after: past)
    for step in 0..<300 {
      let reached = past + Int32(table.young.reach)
      for _ in 0..<(step / 40 % 2 == 0 ? 120 : 4) {
        let index = Int.random(in: 0..<twin.count, using: &generator)
        let isAhead = Int.random(in: 0..<50, using: &generator) == 0
        let bin = isAhead ? newest + .random(in: 1...60, using: &generator) : newest - .random(in: 0...3, using: &generator)
        let count = Int.random(in: 0..<60, using: &generator) == 0 ? UInt32.random(in: 200...100_000, using: &generator) : 1
        table.add(count, bin: bin, to: UInt32(index))
        twin[index][bin, default: 0] += count
        if count > 255 { wide += 1 }
        if bin > reached { late += 1 }
      }
      newest += Int.random(in: 0..<40, using: &generator) == 0 ? .random(in: 2...90, using: &generator) : 1
      for bin in (past + 1)...(newest - 15) where past < newest - 15 {
        if newest - past < 40 {
          let members = (0..<table.young.memberCount(ofBin: bin)).map { table.take($0, ofBin: bin) }
          let expected = twin.enumerated().filter { $0.element[bin] != nil }
          #expect(Set(members.map(\.series)) == Set(expected.map { UInt32($0.offset) }), "seed \(seed)")
          for (index, count) in members where twin[Int(index)][bin] != count { Issue.record("seed \(seed), bin \(bin)") }
          table.pass(bin)
        }
      }
      table.pass(newest - 15)
      past = max(past, newest - 15)
      for index in twin.indices { twin[index] = twin[index].filter { $0.key > past } }
      if Int.random(in: 0..<60, using: &generator) == 0 {
        let gone = Set((0..<UInt32(twin.count)).filter { $0 % 3 == 0 && twin[Int($0)].isEmpty }.map { table[$0].keyword })
        table.compact { !gone.contains($0.keyword) }
        twin = twin.enumerated().filter { $0.offset % 3 != 0 || !$0.element.isEmpty }.map(\.element)
        #expect(twin.count == table.count, "seed \(seed)")
      }
      table.young.find(&bands, endingWith: newest, over: durations)
      var sums = [Double](repeating: -1, count: durations.count)
      for index in twin.indices {
        let hasOlder = table.addUp(UInt32(index), bands, into: &sums, at: 0)
        let expected = durations.map { length in
          twin[index].reduce(0.0) { $0 + ($1.key <= newest && $1.key > newest - Int32(length) ? Double($1.value) : 0) }
        }
        if sums != expected || hasOlder != twin[index].contains(where: { $0.key < newest }) {
          Issue.record("seed \(seed), step \(step), series \(index): \(sums), not \(expected)")
        }
        let inReach = twin[index].filter { $0.key <= past + Int32(table.young.reach) }
        if Self.entries(of: UInt32(index), table, from: .max) != inReach { Issue.record("seed \(seed): \(inReach)") }
        if table[UInt32(index)].youngCount != inReach.values.reduce(0, +) { Issue.record("seed \(seed): \(inReach)") }
      }
    }
    #expect(wide > 10 && late > 10, "\(wide) \(late)")
  }

  // MARK: Clock

  private static func clock(_ change: (inout EngineSettings) -> Void = { _ in }) -> EventClock {
    var settings = EngineSettings()
    settings.allowedLatenessMinutes = 60
    settings.idleTimeoutMinutes = 60
    change(&settings)
    return EventClock(settings: settings)
  }
  private static func tell(_ clock: inout EventClock, _ source: UInt32, hours: Double) {
    let time = Int64(hours * 3_600_000_000)
    let isBelieved = clock.believes(time, source: source)
    clock.observe(time, source: source, isBelieved: isBelieved)
  }
  private static func hours(_ clock: EventClock) -> Double { Double(clock.watermark?.microseconds ?? .min) / 3_600_000_000 }

  @Test func aSourceADayAheadMakesNobodyLate() {
    var clock = Self.clock()
    for minute in 0..<600 {
      for source in 1...2 as ClosedRange<UInt32> { Self.tell(&clock, source, hours: 1_000 + Double(minute) / 60) }
      Self.tell(&clock, 3, hours: 1_024 + Double(min(minute, 100)) / 60)
    }
    #expect(Self.hours(clock) <= 1_010 && Self.hours(clock) > 1_008)
    // A second source confirms the leap.
    Self.tell(&clock, 3, hours: 1_034)
    Self.tell(&clock, 1, hours: 1_034)
    #expect(clock.newest == 1_034 * 3_600_000_000)
  }

  @Test func anIdleSourceHoldsNobodyUp() {
    var clock = Self.clock()
    Self.tell(&clock, 1, hours: 100)
    Self.tell(&clock, 2, hours: 100.5)
    #expect(Self.hours(clock) == 99)
    Self.tell(&clock, 2, hours: 101.5)
    #expect(Self.hours(clock) == 100.5)
    // A source that comes back does not take the watermark with it.
    Self.tell(&clock, 1, hours: 101)
    #expect(Self.hours(clock) == 100.5)
    Self.tell(&clock, 2, hours: 101.9)
    #expect(Self.hours(clock) == 100.5)
  }

  @Test func aSourceAloneGoesWhereItLikes() {
    var clock = Self.clock()
    for hours in [1.0, 30, 400, 100_000] {
      Self.tell(&clock, 1, hours: hours)
      #expect(Self.hours(clock) == hours - 1)
    }
    Self.tell(&clock, 1, hours: 5)
    #expect(Self.hours(clock) == 99_999)
  }

  // MARK: Watch

  @Test func aWeekOfSilenceIsOneOutageAndNightsAreNone() {
    var watch = SourceWatch()
    var outages: [SourceOutage] = []
    for hour in 0..<24 * 60 as Range<Int64> {
      let isOut = hour >= 24 * 40 && hour < 24 * 47
      let isNight = hour % 24 < 7
      let time = hour * 3_600_000_000
      if !isOut, !isNight { watch.hear(1, at: time) }
      watch.hear(2, at: time)
      watch.settle(watermark: Timestamp(microseconds: time - 7_200_000_000))
      outages += watch.drain()
    }
    #expect(outages.count == 2, "\(outages)")
    #expect(Set(outages.map(\.startedAt)).count == 1 && outages.first?.endedAt == nil && outages.allSatisfy { $0.source == 1 })
    #expect(outages.last?.endedAt == Timestamp(seconds: (24 * 47 + 7) * 3_600))
    #expect(watch.isOut(1, at: Timestamp(seconds: 24 * 43 * 3_600)) && !watch.isOut(1, at: Timestamp(seconds: 24 * 48 * 3_600)))
    #expect(watch.shareOut(at: Timestamp(seconds: 24 * 43 * 3_600)) > 0.2)
  }
}
