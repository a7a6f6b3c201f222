import Reports
import Sample
import Testing

@Suite struct SampleStreamTests {
  static func stream(seed: UInt64, days: Int = 3, events: Int = 20_000) -> SampleStream {
    var settings = SampleSettings()
    settings.seed = seed
    settings.dayCount = days
    settings.eventCount = events
    return SampleStream(settings)
  }

  /// The streams of the default size and what was read back from them, made once: they take seconds in debug builds.
  static let samples = (1...5 as ClosedRange<UInt64>).map { seed in
    let sample = stream(seed: seed)
    return (sample: sample, read: Stream(sample.lines))
  }

  static func fullSize(_ seed: UInt64) -> (SampleStream, Stream) {
    (samples[Int(seed) - 1].sample, samples[Int(seed) - 1].read)
  }

  @Test func aSeedGivesTheSameStreamAndAnotherGivesAnother() {
    let first = Self.stream(seed: 7, events: 2_000)
    let second = Self.stream(seed: 7, events: 2_000)
    #expect(first.lines == second.lines)
    #expect(first.incidents == second.incidents)
    #expect(first.lines != Self.stream(seed: 8, events: 2_000).lines)
  }

  /// FNV-1a over a short stream: it changes only where the generator is meant to change.
  @Test func theStreamOfSeedOneIsTheRecordedOne() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for line in Self.stream(seed: 1, events: 1_000).lines {
      for byte in line { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    #expect(hash == 8_755_543_451_110_591_672)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func everyLineIsGoodOrBrokenOnPurpose(seed: UInt64) {
    let (sample, stream) = Self.fullSize(seed)
    #expect(sample.lines.count == 20_000)
    #expect(stream.malformedCount == 100)
    #expect(stream.duplicateCount == 400)
    #expect((600...900).contains(stream.placelessCount))
    #expect((60...300).contains(stream.greatestDisorder))
    #expect(Set(stream.good.map(\.keyword)).count == 22)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func theIncidentsArePlanted(seed: UInt64) {
    let (sample, stream) = Self.fullSize(seed)
    #expect(
      Set(sample.incidents.map(\.keyword)) == ["water main break", "gas smell", "power outage", "street flooding", "fallen tree"])
    for incident in sample.incidents {
      let reports = stream.good.filter { Stream.belongs($0, to: incident) }
      let reporters = Set(reports.compactMap(\.reporter)).count
      // A few of the background may stand in the same place.
      #expect((incident.reportCount...incident.reportCount + 3).contains(reporters), "\(incident.name)")
      #expect((15...60).contains(incident.reportCount))
      let minutes = (incident.endsAt.microseconds - incident.startsAt.microseconds) / 60_000_000
      #expect((60...180).contains(minutes))
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func theNoiseIsSparse(seed: UInt64) {
    let (sample, whole) = Self.fullSize(seed)
    var stream = whole
    let all = stream.witnesses().values.count { $0.count >= 3 }
    stream.good.removeAll { event in sample.incidents.contains { Stream.belongs(event, to: $0) } }
    let noise = stream.witnesses().values.count { $0.count >= 3 }
    print("seed \(seed): \(noise) groups of noise with three witnesses, \(all - noise) of incidents")
    #expect(noise < 60)
    // The canary: the incidents themselves are seen by the same count.
    #expect(all - noise >= 5)
  }

  /// Every incident must have a cell and hour that alone suffices, or nothing could find it.
  @Test(arguments: 0..<64 as Range<UInt64>)
  func everyIncidentCanBeFound(seed: UInt64) {
    let sample = Self.stream(seed: seed, days: 1, events: 1_000)
    let whole = Stream(sample.lines)
    for incident in sample.incidents {
      var stream = whole
      stream.good.removeAll { !Stream.belongs($0, to: incident) }
      #expect(stream.witnesses().values.contains { $0.count >= 3 }, "seed \(seed): \(incident.name)")
    }
  }

  @Test func theCityIsQuieterAtNight() {
    let (_, stream) = Self.fullSize(1)
    func count(_ hours: ClosedRange<Int64>) -> Int {
      stream.good.count { hours.contains(($0.time / 3_600 + 24 - 5) % 24) }
    }
    #expect(count(1...3) * 5 < count(11...13))
  }

  @Test func theQuietDaysAreQuiet() {
    var settings = SampleSettings()
    (settings.dayCount, settings.quietDayCount, settings.eventCount) = (21, 15, 5_000)
    let sample = SampleStream(settings)
    let quietUntil = Timestamp(seconds: settings.start.microseconds / 1_000_000 + 15 * 86_400)
    #expect(sample.incidents.count == 5 && sample.incidents.allSatisfy { $0.startsAt >= quietUntil })
    #expect(Stream(sample.lines).good.contains { $0.time * 1_000_000 < quietUntil.microseconds })
    // The canary: without them it is not so.
    settings.quietDayCount = 0
    #expect(SampleStream(settings).incidents.contains { $0.startsAt < quietUntil })
  }

  @Test func theBoundsOfTheSettingsAreServed() {
    var settings = SampleSettings()
    settings.eventCount = SampleSettings.eventCounts.lowerBound
    settings.dayCount = SampleSettings.dayCounts.upperBound
    settings.start = SampleSettings.starts.upperBound
    let sample = SampleStream(settings)
    #expect(sample.lines.count == 1_000)
    #expect(SampleSettings.starts.upperBound == Timestamp("9000-01-01T00:00:00Z"))
    #expect(SampleSettings().start == Timestamp("2026-03-02T00:00:00Z"))
    #expect(sample.incidents.allSatisfy { $0.endsAt.description.hasPrefix("900") })
  }
}
