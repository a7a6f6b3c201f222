import Engine
import Reports
import TestSupport

/// Makes changes as an engine could: dense names, growing ledgers, clusters that come, change, merge and close.
struct ChangesGenerator {
  static let words = ["fire", "flood", "gas", "leak", "outage", "power", "snow", "tree", "überflutung", "水害"]

  var random: SeededGenerator
  private var position: UInt64 = 0
  private var keywordCount: UInt32 = 0
  private var sources: [SourceLedger] = []
  private var producers: [ProducerLedger] = []
  private var live: [ClusterSummary] = []
  var episodes: [EpisodeSummary] = []
  var incidents: [IncidentSummary] = []

  /// The sources that were named in changes.
  var knownSources: [UInt32] { sources.filter { $0.ledger.received > 0 }.map(\.number) }

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func next() -> Changes {
    var changes = Changes()
    position += UInt64.random(in: 1...1_000, using: &random)
    changes.throughPosition = position
    if position > 500 { changes.watermark = Timestamp(seconds: Int64(position)) }
    for _ in 0..<Int.random(in: keywordCount == 0 ? 1...3 : 0...2, using: &random) {
      // The number makes it unique; a keyword has one to three words.
      let words = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }
      let text = (words + ["\(keywordCount)"]).shuffled(using: &random).joined(separator: " ")
      changes.keywords.append(.init(number: keywordCount, text: Array(text.utf8)))
      keywordCount += 1
    }
    changeLedgers(&changes)
    changeClusters(&changes)
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      changes.rollups.append(
        .init(
          keyword: .random(in: 0..<keywordCount, using: &random), cell: cell(), hour: .random(in: -3...20, using: &random),
          reportCount: .random(in: 1...9, using: &random), witnessCount: .random(in: 0...4, using: &random)))
    }
    changeDetection(&changes)
    return changes
  }

  private mutating func changeLedgers(_ changes: inout Changes) {
    if sources.isEmpty || Int.random(in: 0..<3, using: &random) == 0 {
      let number = UInt32(sources.count)
      sources.append(SourceLedger(number: number, name: Array("/source/\(number)".utf8)))
      let epoch = Epoch(high: random.next(), low: random.next())
      producers.append(
        ProducerLedger(number: number, name: Array("p\(number % 3)".utf8), epoch: epoch, lastSeenAt: Timestamp(seconds: 0)))
    }
    for index in sources.indices where Bool.random(using: &random) {
      sources[index].ledger.count(.accepted)
      sources[index].ledger.count([.late, .duplicateOfCursor, .rejected(.missingID)].randomElement(using: &random) ?? .late)
      sources[index].lastSeenAt = Timestamp(microseconds: .random(in: -1_000_000...1_000_000, using: &random))
      sources[index].role = SourceRule.Role.allCases.randomElement(using: &random) ?? .public
      sources[index].cancelledCount += 1
      sources[index].nearDuplicateCount += 2
      sources[index].commonestPlaceCount += 3
      sources[index].refusedKeywordCount += 4
      sources[index].resentCount += 5
      changes.sources.append(sources[index])
      producers[index].ledger = sources[index].ledger
      producers[index].throughSequence += 2
      producers[index].announcedSequence += 3
      producers[index].missingCount += 4
      producers[index].rerequestCount += 5
      producers[index].resentCount += 6
      producers[index].lastSeenAt = Timestamp(seconds: Int64(position))
      changes.producers.append(producers[index])
    }
  }

  private mutating func changeClusters(_ changes: inout Changes) {
    live.shuffle(using: &random)
    while live.count >= 2, Int.random(in: 0..<4, using: &random) == 0 {
      let absorbed = live.removeLast()
      changes.merges.append(.init(absorbed: absorbed.id, into: live[live.count - 1].id))
      live[live.count - 1] = summary(live[live.count - 1].id)
      changes.clusters.removeAll { $0.id == live[live.count - 1].id || $0.id == absorbed.id }
      changes.clusters.append(live[live.count - 1])
    }
    for index in live.indices where Int.random(in: 0..<3, using: &random) == 0 {
      live[index] = Bool.random(using: &random) ? summary(live[index].id) : altered(live[index])
      changes.clusters.removeAll { $0.id == live[index].id }
      changes.clusters.append(live[index])
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      live.append(summary(ClusterID(rawValue: random.next())))
      changes.clusters.append(live[live.count - 1])
    }
  }

  /// The same cluster with a few cells and samples changed: what most updates are.
  private mutating func altered(_ old: ClusterSummary) -> ClusterSummary {
    var new = old
    new.isClosed = Bool.random(using: &random)
    new.reportCount += 1
    if !new.cells.isEmpty { new.cells[0].reportCount += 1 }
    if new.cells.count > 1 { new.cells.removeLast() }
    if !new.samples.isEmpty { new.samples.removeFirst() }
    new.samples.append(.init(time: Timestamp(seconds: 9), position: random.next() >> 20, row: 3))
    new.samples[0].nearDuplicateCount += 1
    new.significance = significance()
    return new
  }

  mutating func summary(_ id: ClusterID) -> ClusterSummary {
    let openedAt = Timestamp(microseconds: .random(in: -5_000_000...100_000_000_000, using: &random))
    let cells = Set((0..<Int.random(in: 1...12, using: &random)).map { _ in cell() }).sorted()
    var summary = ClusterSummary(
      id: id, keyword: keyword(), openedAt: openedAt,
      lastReportAt: Timestamp(microseconds: openedAt.microseconds + .random(in: 0...10_000_000_000, using: &random)),
      isClosed: Bool.random(using: &random), centroid: place(),
      boundingBox: BoundingBox(
        westE7: .random(in: -1_800_000_000...1_800_000_000, using: &random), southE7: .min, eastE7: .max, northE7: -1),
      reportCount: .random(in: 1...50, using: &random), witnessCount: .random(in: 1...9, using: &random),
      sourceCount: .random(in: 1...5, using: &random),
      cells: cells.map { .init(cell: $0, reportCount: random.next() >> 40, witnessCount: random.next() >> 50) },
      samples: (0..<Int.random(in: 0...Limits.sampleCount, using: &random)).map {
        .init(time: Timestamp(seconds: Int64($0)), position: random.next() >> 20, row: .random(in: 0...9, using: &random))
      })
    summary.nearDuplicateCount = .random(in: 0...9, using: &random)
    if once(in: 2) { summary.significance = significance() }
    if once(in: 2) { summary.episode = episodes.randomElement(using: &random)?.id }
    return summary
  }

  mutating func keyword() -> UInt32 { .random(in: 0..<max(keywordCount, 1), using: &random) }

  mutating func cell() -> CellID {
    Int.random(in: 0..<8, using: &random) == 0
      ? .nowhere : CellID(row: .random(in: 0...5, using: &random), column: .random(in: 0...5, using: &random))
  }

  /// Mostly near the poles and the antimeridian, where boxes go wrong; some exactly on them.
  mutating func place() -> Coordinate {
    let latitude = [Double.random(in: -90...90, using: &random), 89.99, 90, -90, 0, 60].randomElement(using: &random) ?? 0
    let longitude =
      [Double.random(in: -180...180, using: &random), 179.99, -179.99, 180, -180, 0].randomElement(using: &random) ?? 0
    let shift = Double.random(in: -0.01...0.01, using: &random)
    return Coordinate(latitude: latitude, longitude: max(-180, min(180, longitude + shift)))
      ?? Coordinate(latitudeE7: 0, longitudeE7: 0)
  }
}
