import Engine
import Reports
import SQLite

/// What analysts have made of the incidents, at one moment of a store: asked row by row while a list is walked.
struct ActBoard: ~Copyable {
  /// Nobody has done anything: nothing needs to be looked up.
  let isBlank: Bool
  let tree: JoinTree
  let silences: [Silence]
  /// The newest time of the reports.
  let now: Timestamp
  private let last: LastActs
  private let keywords: Statement
  private let filter: ActFilter
  private var lapses: [UInt64: Timestamp?] = [:]
  private var matches: [[String]: Bool] = [:]
}

extension ActBoard {
  /// - Parameter candidate: a silence that is not stored, looked at instead of those that are.
  init(_ filter: ActFilter, candidate: Silence? = nil, on connection: borrowing Connection) throws(SQLiteError) {
    var silences: [Silence] = []
    if let candidate { silences = [candidate] } else { silences = try SilenceTable.read(on: connection) }
    let isActedUpon = try connection.integer("SELECT 1 FROM act LIMIT 1") != nil
    try self.init(
      isBlank: candidate == nil && !isActedUpon, tree: JoinTree(on: connection), silences: silences,
      now: Self.now(on: connection), last: LastActs(on: connection),
      keywords: connection.prepare(
        "SELECT k.text FROM incident_keyword AS p CROSS JOIN keyword AS k ON k.number = p.keyword WHERE p.incident = ?1"),
      filter: filter)
  }

  /// The newest time that the store knows of reports; the epoch where it knows none.
  static func now(on connection: borrowing Connection) throws(SQLiteError) -> Timestamp {
    let times = try connection.integer(
      """
      SELECT max(coalesce((SELECT max(last_report_at) FROM cluster), watermark, 0),
        coalesce((SELECT max(last_report_at) FROM incident), watermark, 0), coalesce(watermark, 0)) FROM meta
      """)
    return Timestamp(microseconds: times ?? 0)
  }

  /// What was done to an incident, and which silence hides it.
  mutating func acts(on row: IncidentRow, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> IncidentActs {
    let id = row.summary.id
    if isBlank { return IncidentActs() }
    var acts = try last.read(of: id)
    acts.members = tree.members(of: id)
    acts.head = tree.heads[id].map { tree.root(of: $0) }
    (acts.silence, acts.silenceEndsAt) = try silence(hiding: ListKey(row.summary), reader) ?? (nil, nil)
    return acts
  }

  /// Whether a list shows an incident, without telling what was done to it.
  mutating func isListed(
    _ key: ListKey, _ filter: ActFilter, _ reader: borrowing ArchiveReader
  ) throws(SQLiteError) -> Bool {
    if isBlank { return IncidentActs().isListed(filter) }
    if tree.heads[key.id] != nil { return false }
    if filter.isAboutHandling, try !last.read(of: key.id).isAdmitted(by: filter) { return false }
    if filter.includesSilenced { return true }
    return try silence(hiding: key, reader) == nil
  }

  private mutating func silence(
    hiding key: ListKey, _ reader: borrowing ArchiveReader
  ) throws(SQLiteError) -> (Silence?, Timestamp?)? {
    for index in silences.indices
    where silences[index].admits(lastReportAt: key.lastReportAt, place: key.place, isWholeArea: key.isWholeArea) {
      let silence = silences[index]
      guard try isAbout(silence, key.id) else { continue }
      let end = try end(of: silence, reader)
      if key.lastReportAt < end { return (silence, end) }
    }
    return nil
  }

  /// Whether a keyword of an incident is a silence's.
  mutating func isAbout(_ silence: Silence, _ id: ClusterID) throws(SQLiteError) -> Bool {
    if silence.keywordWords.isEmpty { return true }
    var isFound = false
    try keywords.bind(id.description, at: 1)
    while !isFound, try keywords.step() {
      let text = keywords.text(0) ?? ""
      let question = silence.keywordWords + [text]
      let answer =
        matches[question]
        ?? (WordMatch(silence.keywordWords).matches(Array(text.utf8)) || filter.isFurther(silence.keywordWords, text))
      matches[question] = answer
      isFound = answer
    }
    keywords.reset()
    return isFound
  }

  /// Where a silence ends: as it was said, as it was ended, or where it lapsed.
  mutating func end(of silence: Silence, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> Timestamp {
    if let endedAt = silence.endedAt { return endedAt }
    if let known = lapses[silence.number] { return known ?? silence.endsAt }
    var reported = try reader.incidents(under: silence, since: silence.startsAt)
    reported.sort { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
    let lapse = try silence.lapse(
      reported: reported.lazy.map { $0.openedAt...max($0.openedAt, $0.lastReportAt) }, now: now
    ) { index throws(SQLiteError) in try isAbout(silence, reported[index].id) }
    lapses[silence.number] = .some(lapse)
    return lapse ?? silence.endsAt
  }

  /// The incidents that a silence hides and that are listed without it, as far as it alone is looked at: the latest first.
  mutating func hidden(by silence: Silence, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> [ClusterID] {
    let end = try end(of: silence, reader)
    var hidden: [SilenceCandidate] = []
    for candidate in try reader.incidents(under: silence, since: silence.startsAt)
    where candidate.isListed && candidate.lastReportAt < end && tree.heads[candidate.id] == nil {
      if try isAbout(silence, candidate.id) { hidden.append(candidate) }
    }
    hidden.sort { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
    return hidden.map(\.id)
  }
}
