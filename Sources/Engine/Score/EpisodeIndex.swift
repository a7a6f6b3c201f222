import Reports

/// Episodes and incidents of all profiles (L4): what an analyst is told, once.
struct EpisodeIndex {
  /// Two keywords whose windows share so much (Jaccard) tell of one thing.
  private static let twinResemblance = 0.4

  private let groupWait: Int64
  /// How long an episode stays open without a window, by profile.
  private let quietTimes: [Int64]
  var episodes: [Episode] = []
  var incidents: [Incident] = []
  /// Indices of the open ones; the closed make room when they have been drained.
  private(set) var open: [Int] = []
  /// The same by profile and keyword, under every keyword that an episode tells of.
  private var openOfTopic: [UInt64: [Int]] = [:]
  /// How many open ones stand out in a larger one, by that one's id.
  private var enclosedCounts: [ClusterID: Int] = [:]
  private var merges: [Changes.Merge] = []
  private var mergesToRecord: [Changes.Merge] = []
  /// Whether any may say something else than at the last tick: at most ticks none does.
  private var awaitsRecord = false
  /// What becomes of incidents, episodes and clusters, tick by tick.
  var history = HistoryLog()

  init(settings: EngineSettings) {
    groupWait = Int64(settings.groupWaitMinutes) * 60_000_000
    quietTimes = settings.profiles.map { Int64($0.quietHours) * 3_600_000_000 }
  }

  private static func topic(_ profile: Int, _ keyword: UInt32) -> UInt64 { UInt64(profile) << 32 | UInt64(keyword) }

  /// The open episodes of a keyword whose best window overlaps a window; the whole area overlaps everything. Ascending by side.
  func overlapping(profile: Int, keyword: UInt32, isWholeArea: Bool, box: BoundingBox) -> [Int] {
    guard let same = openOfTopic[Self.topic(profile, keyword)] else { return [] }
    var found: [(sideMeters: Double, index: Int)] = []
    for index in same {
      guard isWholeArea || episodes[index].isWholeArea || episodes[index].box.sharedArea(box) > 0 else { continue }
      found.append((episodes[index].sideMeters, index))
    }
    found.sort { $0 < $1 }
    return found.map(\.index)
  }

  /// The open episode of another keyword that holds mostly the same reports; nil where there is none.
  func twin(profile: Int, of sketch: Sketch) -> Int? {
    var best: (index: Int, resemblance: Double)?
    for index in open where episodes[index].profile == profile && episodes[index].sketch.mayShare(sketch) {
      let resemblance = episodes[index].sketch.resemblance(sketch)
      guard resemblance >= Self.twinResemblance else { continue }
      if let best, (resemblance, best.index) <= (best.resemblance, index) { continue }
      best = (index, resemblance)
    }
    return best?.index
  }

  /// Says that a keyword's windows hold mostly the reports of an episode of another.
  mutating func addKeyword(_ keyword: UInt32, to index: Int) {
    guard !episodes[index].summary.otherKeywords.contains(keyword), episodes[index].summary.keyword != keyword else { return }
    episodes[index].summary.otherKeywords.append(keyword)
    episodes[index].summary.otherKeywords.sort()
    episodes[index].isDirty = true
    openOfTopic[Self.topic(episodes[index].profile, keyword), default: []].append(index)
  }

  /// Open episodes that stand out in a larger one.
  func enclosedCount(of id: ClusterID) -> Int { enclosedCounts[id] ?? 0 }

  /// Opens an episode, as an incident of its own until it is joined.
  mutating func insert(_ episode: Episode) -> Int {
    var episode = episode
    let index = episodes.count
    let incident = incidents.count
    episode.incident = incident
    episode.summary.incident = ClusterID(rawValue: episode.summary.id.rawValue ^ 0x5bd1_e995_1b87_3593)
    incidents.append(
      Incident(
        id: episode.summary.incident, episodes: [index], firstSeenAt: episode.summary.firstSeenAt,
        firstSignificance: episode.summary.significance))
    openOfTopic[Self.topic(episode.profile, episode.summary.keyword), default: []].append(index)
    if let enclosing = episode.enclosing { enclosedCounts[enclosing, default: 0] += 1 }
    episodes.append(episode)
    open.append(index)
    return index
  }

  /// Looks whether an episode that has changed shares its reports, or its place and time, with others.
  mutating func join(_ index: Int) {
    for other in open where other != index && episodes[other].incident != episodes[index].incident {
      if isOne(index, other) { merge(episodes[index].incident, episodes[other].incident) }
    }
    incidents[episodes[index].incident].isDirty = true
    awaitsRecord = true
  }

  /// Containment of the reports of at least a half; or best windows that share half of the smaller in place and in time.
  private func isOne(_ first: Int, _ second: Int) -> Bool {
    if episodes[first].sketch.mayShare(episodes[second].sketch),
      let containment = episodes[first].sketch.containment(episodes[second].sketch), containment >= 0.5
    {
      return true
    }
    if episodes[first].encloses(episodes[second]) || episodes[second].encloses(episodes[first]),
      episodes[first].sketch.containment(episodes[second].sketch) == nil
    {
      return true
    }
    guard !episodes[first].isWholeArea, !episodes[second].isWholeArea else { return false }
    let (a, b) = (episodes[first].box, episodes[second].box)
    guard a.sharedArea(b) >= 0.5 * min(a.area, b.area) else { return false }
    let (begin, end) = (episodes[first].startsAt.microseconds, episodes[first].endsAt.microseconds)
    let (otherBegin, otherEnd) = (episodes[second].startsAt.microseconds, episodes[second].endsAt.microseconds)
    let shared = min(end, otherEnd) - max(begin, otherBegin)
    return Double(shared) >= 0.5 * Double(min(end - begin, otherEnd - otherBegin))
  }

  /// Joins two incidents; the one that was seen first keeps its id.
  private mutating func merge(_ first: Int, _ second: Int) {
    let (a, b) = (incidents[first], incidents[second])
    let isFirstKept = (a.firstSeenAt, a.id) < (b.firstSeenAt, b.id)
    let (kept, gone) = isFirstKept ? (first, second) : (second, first)
    for episode in incidents[gone].episodes {
      episodes[episode].incident = kept
      episodes[episode].summary.incident = incidents[kept].id
      episodes[episode].isDirty = true
    }
    incidents[kept].episodes += incidents[gone].episodes
    if let alertedAt = incidents[gone].alertedAt {
      incidents[kept].alertedAt = min(incidents[kept].alertedAt ?? alertedAt, alertedAt)
    }
    incidents[kept].isDirty = true
    merges.append(Changes.Merge(absorbed: incidents[gone].id, into: incidents[kept].id))
    mergesToRecord.append(Changes.Merge(absorbed: incidents[gone].id, into: incidents[kept].id))
    // What it explained, the one that holds it now explains: one that is closed is not asked again.
    for index in incidents.indices where incidents[index].explainedBy == incidents[gone].id {
      incidents[index].explainedBy = index == kept ? nil : incidents[kept].id
    }
    incidents[gone].episodes = []
    incidents[gone].isDirty = false
  }

  /// Lets event time pass: alerts that have waited for their group, and episodes that have been quiet for long enough.
  mutating func pass(_ now: Timestamp) {
    for index in open {
      let incident = episodes[index].incident
      let due = Timestamp(microseconds: incidents[incident].firstSeenAt.microseconds + groupWait)
      if incidents[incident].alertedAt == nil, due <= now {
        incidents[incident].alertedAt = due
        awaitsRecord = true
        incidents[incident].isDirty = true
      }
      if let alertedAt = incidents[incident].alertedAt, episodes[index].summary.alertedAt == nil {
        episodes[index].summary.alertedAt = max(alertedAt, episodes[index].summary.firstSeenAt)
        awaitsRecord = true
        episodes[index].isDirty = true
      }
    }
    let closed = open.filter {
      now.microseconds - episodes[$0].summary.lastSeenAt.microseconds > quietTimes[episodes[$0].profile]
    }
    guard !closed.isEmpty else { return }
    awaitsRecord = true
    for index in closed {
      episodes[index].summary.isClosed = true
      episodes[index].isDirty = true
      incidents[episodes[index].incident].isDirty = true
      removeFromTopics(index)
    }
    open.removeAll { episodes[$0].summary.isClosed }
  }

  private mutating func removeFromTopics(_ index: Int) {
    let profile = episodes[index].profile
    for keyword in [episodes[index].summary.keyword] + episodes[index].summary.otherKeywords {
      let topic = Self.topic(profile, keyword)
      openOfTopic[topic]?.removeAll { $0 == index }
      if openOfTopic[topic]?.isEmpty == true { openOfTopic[topic] = nil }
    }
    guard let enclosing = episodes[index].enclosing, let count = enclosedCounts[enclosing] else { return }
    enclosedCounts[enclosing] = count > 1 ? count - 1 : nil
  }

  /// Says of each open incident whether those above it explain it: smallest q first, each takes its reports out, and the next is
  /// listed only if half of its excess is new.
  mutating func explainAway() {
    var live: [(days: Double, id: ClusterID, incident: Int)] = []
    for incident in Set(open.map({ episodes[$0].incident })) {
      live.append((episodes[best(incident)].nominalDays, incidents[incident].id, incident))
    }
    live.sort { $0.days != $1.days ? $0.days > $1.days : $0.id < $1.id }
    var taken = Sketch()
    var listed: [(id: ClusterID, best: Int, sketch: Sketch)] = []
    for (_, _, incident) in live {
      var sketch = Sketch()
      for episode in incidents[incident].episodes { sketch.insert(episodes[episode].sketch) }
      let best = best(incident)
      let significance = episodes[best].summary.significance
      let excess = max(0, Double(significance.observed) - significance.expected)
      // Where the sketches cannot tell, place and time do.
      func shared(_ other: Int) -> Double {
        sketch.share(in: listed[other].sketch) ?? (episodes[listed[other].best].encloses(episodes[best]) ? 1 : 0)
      }
      let share = sketch.share(in: taken) ?? listed.indices.map(shared).max() ?? 0
      var explainer: ClusterID?
      if !listed.isEmpty, (1 - share) * Double(significance.observed) < excess / 2 {
        explainer = listed.indices.max { shared($0) < shared($1) }.map { listed[$0].id }
      } else {
        listed.append((incidents[incident].id, best, sketch))
        taken.insert(sketch)
      }
      if incidents[incident].explainedBy != explainer {
        incidents[incident].explainedBy = explainer
        incidents[incident].isDirty = true
      }
    }
  }

  /// The index of an incident's rarest episode, the least id among equals.
  private func best(_ incident: Int) -> Int {
    var best = incidents[incident].episodes.first ?? 0
    for index in incidents[incident].episodes.dropFirst() {
      let (days, bestDays) = (episodes[index].nominalDays, episodes[best].nominalDays)
      if days > bestDays || days == bestDays && episodes[index].summary.id < episodes[best].summary.id { best = index }
    }
    return best
  }

  /// The least position of a sample's batch; `.max` without any.
  var oldestPosition: UInt64 {
    episodes.lazy.flatMap(\.summary.samples).map(\.position).min() ?? .max
  }

  // MARK: History

  /// Notes what says something else than at the last tick.
  ///
  /// - Complexity: O(1) where nothing has happened, else O(episodes that are held), and the summary of each that may have changed.
  mutating func record(at now: Timestamp) {
    guard awaitsRecord else { return }
    awaitsRecord = false
    for merge in mergesToRecord { history.append(HistoryPoint(.incident, merge, at: now)) }
    mergesToRecord.removeAll(keepingCapacity: true)
    for index in incidents.indices where incidents[index].awaitsRecord {
      incidents[index].awaitsRecord = false
      guard !incidents[index].episodes.isEmpty else { continue }
      let best = episodes[best(index)].summary
      let point = HistoryPoint(summary(index), keyword: best.keyword, witnessCount: best.witnessCount, at: now)
      if point.mark == incidents[index].recordedMark { continue }
      incidents[index].recordedMark = point.mark
      history.append(point)
    }
    for index in episodes.indices where episodes[index].awaitsRecord {
      episodes[index].awaitsRecord = false
      let point = HistoryPoint(episodes[index].summary, at: now)
      // A closed one is told for the last time: that its incident is another's now stands with the incident.
      if point.mark == episodes[index].recordedMark || episodes[index].recordedMark == .max { continue }
      episodes[index].recordedMark = point.state == .closed ? .max : point.mark
      history.append(point)
    }
  }

  // MARK: Draining

  /// Moves what has changed into `changes`, and forgets what is closed for good.
  mutating func drain(into changes: inout Changes) {
    changes.incidentMerges = merges
    merges.removeAll(keepingCapacity: true)
    for index in incidents.indices where incidents[index].isDirty && !incidents[index].episodes.isEmpty {
      incidents[index].isDirty = false
      changes.incidents.append(summary(index))
    }
    for index in episodes.indices where episodes[index].isDirty {
      episodes[index].isDirty = false
      changes.episodes.append(episodes[index].summary)
    }
  }

  /// Forgets incidents all of whose episodes are closed and drained. Indices move; ids stay.
  mutating func compact() {
    guard episodes.count > 2 * open.count + 256 else { return }
    let openIncidents = Set(open.map { episodes[$0].incident })
    let keptIncidents = incidents.indices.filter { openIncidents.contains($0) || incidents[$0].isDirty }
    let keptEpisodes = episodes.indices.filter {
      openIncidents.contains(episodes[$0].incident) || episodes[$0].isDirty || incidents[episodes[$0].incident].isDirty
    }
    var newEpisode: [Int: Int] = [:]
    for (new, old) in keptEpisodes.enumerated() { newEpisode[old] = new }
    var newIncident: [Int: Int] = [:]
    for (new, old) in keptIncidents.enumerated() { newIncident[old] = new }
    incidents = keptIncidents.map { incidents[$0] }
    for index in incidents.indices { incidents[index].episodes = incidents[index].episodes.compactMap { newEpisode[$0] } }
    episodes = keptEpisodes.map { episodes[$0] }
    for index in episodes.indices { episodes[index].incident = newIncident[episodes[index].incident] ?? 0 }
    open = open.compactMap { newEpisode[$0] }
    openOfTopic = openOfTopic.mapValues { $0.compactMap { newEpisode[$0] } }
  }

  private func summary(_ index: Int) -> IncidentSummary {
    let incident = incidents[index]
    let members = incident.episodes.map { episodes[$0] }
    let best = episodes[best(index)]
    var sketch = Sketch()
    for member in members { sketch.insert(member.sketch) }
    return IncidentSummary(
      id: incident.id, best: best.summary.id,
      keywords: Set(members.flatMap { [$0.summary.keyword] + $0.summary.otherKeywords }).sorted(),
      episodeCount: UInt32(members.count), isClosed: members.allSatisfy(\.summary.isClosed),
      firstSeenAt: incident.firstSeenAt, lastSeenAt: members.map(\.summary.lastSeenAt).max() ?? incident.firstSeenAt,
      openedAt: members.map(\.summary.openedAt).min() ?? incident.firstSeenAt,
      lastReportAt: members.map(\.summary.lastReportAt).max() ?? incident.firstSeenAt, centroid: best.summary.centroid,
      boundingBox: best.summary.boundingBox, isWholeArea: best.isWholeArea,
      reportCount: max(UInt64(sketch.count), best.summary.reportCount), significance: best.summary.significance,
      firstSignificance: incident.firstSignificance, alertedAt: incident.alertedAt, explainedBy: incident.explainedBy)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&episodes, new: .blank) { (episode, coder) throws(StateError) in try episode.code(&coder) }
    try coder.code(&incidents, new: .blank) { (incident, coder) throws(StateError) in try incident.code(&coder) }
    try coder.code(&open)
    try coder.code(&openOfTopic, new: []) { (own, coder) throws(StateError) in try coder.code(&own) }
    try coder.code(&enclosedCounts)
    try coder.code(&merges)
    try coder.code(&mergesToRecord)
    try coder.code(&awaitsRecord)
    try history.code(&coder)
  }
}
