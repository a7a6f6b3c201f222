import Reports

/// A stream of reports from Porthaven in the order in which they arrive: a sparse background, five planted incidents, and the
/// faults of real feeds (late, doubled, without a place, malformed).
package struct SampleStream: Sendable {
  static let duplicateShare = 0.02
  static let malformedShare = 0.005
  static let placelessShare = 0.04
  private static let subjectShare = 0.1
  private static let followUpShare = 0.25
  private static let residentCount = 20_000

  /// One event a line, each with its line feed.
  package private(set) var lines: [[UInt8]] = []
  package private(set) var incidents: [Incident] = []

  private let settings: SampleSettings
  private let city: City
  private var random: SplitMix64
  private var reports: [SampleReport] = []
  private var ticketCount = 0
  private let topicsByWeight = Topic.all.flatMap { topic in (0..<topic.weight).map { _ in topic } }

  /// Makes the stream.
  ///
  /// - Complexity: O(n log n) in the events, about 500 bytes of memory for each.
  package init(_ settings: SampleSettings) {
    precondition(SampleSettings.eventCounts.contains(settings.eventCount), "the caller checks eventCount")
    precondition(SampleSettings.dayCounts.contains(settings.dayCount), "the caller checks dayCount")
    precondition((0..<settings.dayCount).contains(settings.quietDayCount), "the caller checks quietDayCount")
    precondition(SampleSettings.starts.contains(settings.start), "the caller checks start")
    self.settings = settings
    random = SplitMix64(seed: settings.seed)
    city = City(using: &random)
    plantIncidents()
    addBackground()
    writeLines()
  }

  // MARK: Incidents

  private static let plans = [
    (keyword: "water main break", name: "Water main break on Quay Street"),
    (keyword: "gas smell", name: "Gas smell in Lantern Row"),
    (keyword: "power outage", name: "Power outage around Mill Hill"),
    (keyword: "street flooding", name: "Street flooding in the Lower Town"),
    (keyword: "fallen tree", name: "Fallen tree at Chapel Green"),
  ]

  /// One incident in each fifth of the time after the quiet days, so that they do not run into each other.
  private mutating func plantIncidents() {
    let slotMinutes = (settings.dayCount - settings.quietDayCount) * 1_440 / Self.plans.count
    for (index, plan) in Self.plans.enumerated() {
      let durationMinutes = 60 + random.below(121)
      let startMinute = settings.quietDayCount * 1_440 + index * slotMinutes + random.below(slotMinutes - durationMinutes)
      let startsAt = settings.start + seconds(startMinute * 60)
      let incident = Incident(
        keyword: plan.keyword, name: plan.name,
        place: City.place(near: City.center, radiusMeters: 8_000, using: &random),
        startsAt: startsAt, endsAt: startsAt + seconds(durationMinutes * 60),
        reportCount: Int(Double(durationMinutes) / 60 * (15 + 5 * random.unit())))
      incidents.append(incident)
      report(incident, radiusMeters: 300 + 500 * random.unit())
    }
  }

  private mutating func report(_ incident: Incident, radiusMeters: Double) {
    guard let topic = Topic.all.first(where: { $0.keyword == incident.keyword }) else { return }
    let duration = Int((incident.endsAt.microseconds - incident.startsAt.microseconds) / 1_000_000)
    var reporters: Set<UInt32> = []
    while reporters.count < incident.reportCount {
      let reporter = resident()
      guard reporters.insert(reporter).inserted else { continue }
      // Most people call early: the square of a fair draw.
      let share = random.unit()
      var report = draw(topic, at: incident.startsAt + seconds(Int(Double(duration) * share * share)))
      report.place = City.place(around: incident.place, radiusMeters: radiusMeters, using: &random)
      report.reporter = reporter
      reports.append(report)
    }
  }

  // MARK: Background

  private mutating func addBackground() {
    let malformedCount = Int(Double(settings.eventCount) * Self.malformedShare)
    let duplicateCount = Int(Double(settings.eventCount) * Self.duplicateShare)
    let goodCount = settings.eventCount - malformedCount - duplicateCount
    while reports.count < goodCount { addReport(roomFor: goodCount - reports.count) }
    for index in 0..<malformedCount {
      var report = draw(random.choice(topicsByWeight), at: time())
      report.place = city.place(using: &random)
      report.fault = SampleReport.Fault.allCases[index % SampleReport.Fault.allCases.count]
      reports.append(report)
    }
  }

  /// Adds a report of the background, and where it has a ticket sometimes another of the same ticket.
  private mutating func addReport(roomFor room: Int) {
    var report = draw(random.choice(topicsByWeight), at: time())
    if !random.chance(Self.placelessShare) { report.place = city.place(using: &random) }
    if random.chance(0.7) { report.reporter = resident() }
    if random.chance(Self.subjectShare) {
      ticketCount += 1
      report.subject = "PH-\(1_000 + ticketCount)"
      if room > 1, random.chance(Self.followUpShare) {
        var followUp = report
        followUp.time = report.time + seconds(600 + random.below(7_200))
        followUp.arrival = followUp.time + delay()
        followUp.text = "Update: nothing has been done yet. " + report.text
        if followUp.time < end { reports.append(followUp) }
      }
    }
    reports.append(report)
  }

  private mutating func draw(_ topic: Topic, at time: Timestamp) -> SampleReport {
    let is311 = !topic.isUtility || random.chance(0.3)
    let source: SampleReport.Source = !is311 ? .utility : random.chance(0.6) ? .app : .phone
    return SampleReport(
      source: source, time: time, arrival: time + delay(), place: nil, keyword: topic.keyword,
      text: random.choice(topic.texts),
      accuracyMeters: source == .app && random.chance(0.5) ? 5 + random.below(60) : nil)
  }

  /// A time when the city is awake rather than asleep, by rejection.
  private mutating func time() -> Timestamp {
    while true {
      let time = settings.start + seconds(random.below(settings.dayCount * 86_400))
      let hour = (time.bin(ofMicroseconds: 3_600_000_000) + 24 - City.hoursBehindUTC) % 24
      if random.chance(City.hourlyActivity[Int(hour)]) { return time }
    }
  }

  /// Up to five minutes from a report to its arrival, mostly short: what puts the stream out of order.
  private mutating func delay() -> Int64 {
    let share = random.unit()
    return seconds(Int(300 * share * share))
  }

  /// An opaque token of somebody who lives in the city.
  private mutating func resident() -> UInt32 {
    var token = SplitMix64(seed: settings.seed &+ UInt64(random.below(Self.residentCount)))
    return UInt32(truncatingIfNeeded: token.next())
  }

  private var end: Timestamp { settings.start + seconds(settings.dayCount * 86_400) }

  // MARK: Lines

  /// Numbers the reports, sends some of the good ones again and puts all in the order of their arrival.
  private mutating func writeLines() {
    reports.sort { ($0.time, $0.arrival, $0.text) < ($1.time, $1.arrival, $1.text) }
    var arrivals: [(arrival: Timestamp, line: [UInt8])] = []
    var good: [Int] = []
    for (index, report) in reports.enumerated() {
      arrivals.append((report.arrival, report.encode(id: String(100_001 + index))))
      if report.fault == nil { good.append(index) }
    }
    while arrivals.count < settings.eventCount, !good.isEmpty {
      let chosen = random.below(good.count)
      let original = arrivals[good[chosen]]
      // Each is sent again once at most.
      good.swapAt(chosen, good.count - 1)
      good.removeLast()
      arrivals.append((original.arrival + seconds(5 + random.below(120)), original.line))
    }
    // The index settles ties, for the standard library does not promise a stable sort.
    lines = arrivals.indices.sorted { (arrivals[$0].arrival, $0) < (arrivals[$1].arrival, $1) }.map { arrivals[$0].line }
    reports = []
  }
}

private func seconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000 }

extension Timestamp {
  /// The time some microseconds later.
  fileprivate static func + (time: Timestamp, microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: time.microseconds + microseconds)
  }
}
