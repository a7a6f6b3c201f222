import Engine
import Reports
import TestSupport

/// Makes what an engine says over many days, in small steps that may be put together: clusters, episodes and incidents that come, grow, are
/// joined, fall quiet and close; what is open names only what is open, and nothing that has closed is changed.
struct LifeGenerator {
  private var random: SeededGenerator
  private var filler: ChangesGenerator
  private var position: UInt64 = 0
  private(set) var now: Int64 = 1_000_000
  private var refusedCount: UInt64 = 0
  private var clusters: [ClusterSummary] = []
  private var episodes: [EpisodeSummary] = []
  private var incidents: [IncidentSummary] = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    filler = ChangesGenerator(seed: seed &+ 1)
  }

  private mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  private mutating func recently() -> Timestamp {
    Timestamp(microseconds: (now + .random(in: 0..<3_600, using: &random)) * 1_000_000 + .random(in: 0..<3, using: &random))
  }

  mutating func next() -> Changes {
    var changes = Changes()
    position += 10
    // Mostly some hours; at times exactly to a midnight, at times many days.
    now += .random(in: 0...60_000, using: &random)
    if once(in: 6) { now = (now / 86_400 + 1) * 86_400 - 3_600 * .random(in: 0...1, using: &random) }
    if once(in: 40) { now += 86_400 * .random(in: 1...20, using: &random) }
    changes.throughPosition = position
    changes.watermark = position == 10 ? nil : Timestamp(seconds: now)
    if position == 10 {
      changes.keywords = (0..<4).map { .init(number: $0, text: Array("word\($0)".utf8)) }
      changes.producers = [
        ProducerLedger(number: 0, name: Array("p".utf8), epoch: Epoch(high: 1, low: 2), lastSeenAt: Timestamp(seconds: 0))
      ]
    }
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      changes.rollups.append(
        .init(
          keyword: .random(in: 0...3, using: &random), cell: filler.cell(), hour: Int32((now + 3_599) / 3_600),
          reportCount: 1, witnessCount: 1))
    }
    changeClusters(&changes)
    changeIncidents(&changes)
    refuse(&changes)
    return changes
  }

  private mutating func refuse(_ changes: inout Changes) {
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      refusedCount += 1
      changes.refusals.append(
        .init(
          number: refusedCount, rejection: .missingID, producer: 0, sequence: refusedCount, receivedAt: recently(),
          position: position - 1, row: UInt32(refusedCount)))
    }
    guard refusedCount > 0 else { return }
    if once(in: 3) {
      changes.retries.append(
        .init(number: .random(in: 1...refusedCount, using: &random), count: 1, at: recently(), verdict: .accepted))
    }
    changes.quarantine = .init(refusedCount: refusedCount, firstNumber: 1, firstPosition: 0)
  }

  private mutating func sample() -> ClusterSummary.SampleReference {
    .init(time: recently(), position: position - 1, row: .random(in: 0..<1_000_000, using: &random))
  }

  private mutating func changeClusters(_ changes: inout Changes) {
    while clusters.count >= 2, once(in: 8) {
      let absorbed = clusters.remove(at: .random(in: 0..<clusters.count, using: &random))
      let survivor = Int.random(in: 0..<clusters.count, using: &random)
      changes.merges.append(.init(absorbed: absorbed.id, into: clusters[survivor].id))
      changes.clusters.removeAll { $0.id == absorbed.id }
      clusters[survivor].lastReportAt = max(clusters[survivor].lastReportAt, absorbed.lastReportAt)
      clusters[survivor].openedAt = min(clusters[survivor].openedAt, absorbed.openedAt)
      changes.clusters.append(clusters[survivor])
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      var summary = filler.summary(ClusterID(rawValue: random.next()))
      (summary.keyword, summary.episode, summary.isClosed) = (.random(in: 0...3, using: &random), nil, false)
      (summary.openedAt, summary.lastReportAt, summary.samples) = (recently(), recently(), [sample()])
      clusters.append(summary)
      changes.clusters.append(summary)
    }
    for index in clusters.indices where once(in: 3) {
      if once(in: 2) {
        clusters[index].lastReportAt = max(clusters[index].lastReportAt, recently())
        clusters[index].samples = [sample()] + clusters[index].samples.prefix(2)
        if once(in: 3) { clusters[index].episode = episodes.filter { !$0.isClosed }.randomElement(using: &random)?.id }
      } else {
        clusters[index].isClosed = once(in: 2)
      }
      changes.clusters.append(clusters[index])
    }
    clusters.removeAll(where: \.isClosed)
  }

  private mutating func changeIncidents(_ changes: inout Changes) {
    var touched: Set<ClusterID> = []
    while incidents.count >= 2, once(in: 10) {
      let absorbed = incidents.remove(at: .random(in: 0..<incidents.count, using: &random)).id
      let survivor = incidents[.random(in: 0..<incidents.count, using: &random)].id
      changes.incidentMerges.append(.init(absorbed: absorbed, into: survivor))
      for index in episodes.indices where episodes[index].incident == absorbed {
        episodes[index].incident = survivor
        changes.episodes.append(episodes[index])
      }
      touched.insert(survivor)
    }
    if once(in: 2) {
      var incident = filler.incident(ClusterID(rawValue: random.next()))
      (incident.keywords, incident.isClosed, incident.explainedBy) = ([0], false, nil)
      incidents.append(incident)
      grow(incident.id, &changes)
      touched.insert(incident.id)
    }
    for incident in incidents where once(in: 4) {
      if once(in: 2) { grow(incident.id, &changes) }
      for index in episodes.indices where episodes[index].incident == incident.id && !episodes[index].isClosed {
        if once(in: 2) {
          episodes[index].lastReportAt = max(episodes[index].lastReportAt, recently())
          episodes[index].samples = [sample()] + episodes[index].samples.prefix(1)
        } else {
          episodes[index].isClosed = once(in: 2)
        }
        changes.episodes.append(episodes[index])
      }
      touched.insert(incident.id)
    }
    settle(&touched)
    changes.incidents = incidents.filter { touched.contains($0.id) }
    let closed = Set(incidents.filter(\.isClosed).map(\.id))
    incidents.removeAll { closed.contains($0.id) }
    episodes.removeAll { closed.contains($0.incident) }
  }

  private mutating func grow(_ incident: ClusterID, _ changes: inout Changes) {
    var episode = filler.episode(ClusterID(rawValue: random.next()))
    (episode.incident, episode.keyword, episode.otherKeywords) = (incident, .random(in: 0...3, using: &random), [])
    (episode.isClosed, episode.samples) = (false, [sample()])
    (episode.openedAt, episode.lastReportAt) = (recently(), recently())
    episodes.append(episode)
    changes.episodes.append(episode)
  }

  /// What an incident says of its episodes, and which of the others explains it.
  private mutating func settle(_ touched: inout Set<ClusterID>) {
    for index in incidents.indices where touched.contains(incidents[index].id) {
      let own = episodes.filter { $0.incident == incidents[index].id }
      incidents[index].isClosed = own.allSatisfy(\.isClosed)
      incidents[index].best = own.map(\.id).min() ?? incidents[index].id
      incidents[index].lastReportAt = own.map(\.lastReportAt).max() ?? recently()
      incidents[index].openedAt = own.map(\.openedAt).min() ?? recently()
    }
    let open = Set(incidents.filter { !$0.isClosed }.map(\.id))
    for index in incidents.indices {
      let explainer = incidents[index].explainedBy
      let isGone = explainer.map { !open.contains($0) } ?? false
      guard isGone || touched.contains(incidents[index].id) && once(in: 3) else { continue }
      // Of two the lesser explains: never one another.
      incidents[index].explainedBy = open.filter { $0 < incidents[index].id }.sorted().randomElement(using: &random)
      touched.insert(incidents[index].id)
    }
  }
}

extension Changes {
  /// What one drain would have given in place of this one and the next.
  func followed(by next: Changes) -> Changes {
    var both = next
    both.keywords = keywords + next.keywords
    both.producers = producers + next.producers
    both.rollups = rollups + next.rollups
    both.merges = merges + next.merges
    both.incidentMerges = incidentMerges + next.incidentMerges
    both.refusals = refusals + next.refusals
    both.retries = retries + next.retries
    both.quarantine = next.quarantine ?? quarantine
    let absorbed = Set(next.merges.map(\.absorbed) + next.incidentMerges.map(\.absorbed))
    both.clusters = Self.last(clusters.filter { !absorbed.contains($0.id) } + next.clusters, \.id)
    both.episodes = Self.last(episodes + next.episodes, \.id)
    var before = incidents.filter { !absorbed.contains($0.id) }
    for merge in next.incidentMerges {
      for index in before.indices where before[index].explainedBy == merge.absorbed { before[index].explainedBy = merge.into }
    }
    both.incidents = Self.last(before + next.incidents, \.id)
    return both
  }

  /// The last of each id, in the order of the ids.
  private static func last<Summary>(_ summaries: [Summary], _ id: (Summary) -> ClusterID) -> [Summary] {
    Dictionary(summaries.map { (id($0), $0) }) { $1 }.sorted { $0.key < $1.key }.map(\.value)
  }
}
