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
    (acts.silence, acts.silenceEndsAt) = try silence(hiding: row, reader) ?? (nil, nil)
    return acts
  }

  private mutating func silence(
    hiding row: IncidentRow, _ reader: borrowing ArchiveReader
  ) throws(SQLiteError) -> (Silence?, Timestamp?)? {
    let summary = row.summary
    for silence in silences {
      guard
        silence.admits(lastReportAt: summary.lastReportAt, place: summary.centroid, isWholeArea: summary.isWholeArea),
        try isAbout(silence, summary.id)
      else { continue }
      let end = try end(of: silence, reader)
      if summary.lastReportAt < end { return (silence, end) }
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
    var reported: [ClosedRange<Timestamp>] = []
    for row in try reader.incidents(under: silence) where try isAbout(silence, row.summary.id) {
      reported.append(row.summary.openedAt...max(row.summary.openedAt, row.summary.lastReportAt))
    }
    let lapse = silence.lapse(reported: reported, now: now)
    lapses[silence.number] = .some(lapse)
    return lapse ?? silence.endsAt
  }
}

extension ArchiveReader {
  /// The incidents that a silence's place and time admit, whatever they are about: reported at some time while it holds, unless an
  /// interval is given instead.
  func incidents(
    under silence: Silence, since: Timestamp? = nil, includesExplained: Bool = true
  ) throws(SQLiteError) -> [IncidentRow] {
    var filter = silence.area?.filter ?? ClusterFilter()
    filter.since = since ?? silence.startsAt
    filter.until = silence.endsAt
    filter.includesExplained = includesExplained
    guard let query = ListQuery(.incident, filter) else { return [] }
    let select = try connection.prepare(query.sql)
    try query.bind(keywordNumbers: "[]", to: select)
    var rows: [IncidentRow] = []
    while try select.step() {
      guard let row = IncidentRow(select) else { continue }
      if silence.holds(row.summary.centroid, isWholeArea: row.summary.isWholeArea) { rows.append(row) }
    }
    return rows
  }
}
