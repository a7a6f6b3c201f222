import Engine
import Reports
import SQLite

/// What analysts have made of the incidents, or had made of them at an earlier time, at one moment of a store: asked row by row while a
/// list is walked.
///
/// An earlier time is read by both clocks: acts count from when they were done, by the wall's; silences hide by that of the reports.
struct ActBoard: ~Copyable {
  /// Nobody has done anything: nothing needs to be looked up.
  let isBlank: Bool
  let tree: JoinTree
  let silences: [Silence]
  /// The newest time of the reports.
  let now: Timestamp
  private let last: LastActs
  private let keywords: Statement
  private let wholeArea: Statement
  private let filter: ActFilter
  private var lapses: [UInt64: Timestamp?] = [:]
  private var matches: [[String]: Bool] = [:]
  /// Of an earlier time, every incident as it was listed then; nil for now.
  private let past: [ClusterID: HistoryRow]?
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
      keywords: connection.prepare(Self.keywords), wholeArea: connection.prepare(Self.wholeArea), filter: filter, past: nil)
  }

  /// What had been done by an earlier time.
  init(asOf time: Timestamp, _ filter: ActFilter, _ reader: borrowing ArchiveReader) throws(SQLiteError) {
    let acted = try reader.connection.prepare("SELECT 1 FROM act WHERE at <= ?1 LIMIT 1")
    try acted.bind(time.microseconds, at: 1)
    let silences = try SilenceTable.read(asOf: time, on: reader.connection)
    var past: [ClusterID: HistoryRow] = [:]
    if !silences.isEmpty {
      var all = ClusterFilter()
      all.includesExplained = true
      for row in try reader.rows(of: .incident, asOf: time, all, choose: { _ in true }) { past[row.id] = row }
    }
    let isActedUpon = try acted.step()
    try self.init(
      isBlank: !isActedUpon, tree: JoinTree(asOf: time, on: reader.connection), silences: silences,
      now: min(time, Self.now(on: reader.connection)), last: LastActs(asOf: time, on: reader.connection),
      keywords: reader.connection.prepare(Self.keywords), wholeArea: reader.connection.prepare(Self.wholeArea), filter: filter,
      past: past)
  }

  private static let keywords =
    "SELECT k.text FROM incident_keyword AS p CROSS JOIN keyword AS k ON k.number = p.keyword WHERE p.incident = ?1"
  private static let wholeArea = "SELECT 1 FROM incident WHERE id = ?1 AND is_whole_area"

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
    let summary = row.summary
    return try acts(on: summary.id, lastReportAt: summary.lastReportAt, summary.isWholeArea ? nil : summary.centroid, reader)
  }

  /// The same of what was said of an incident; of one that was merged, before it was.
  mutating func acts(on row: HistoryRow, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> IncidentActs {
    try acts(on: row.id, lastReportAt: row.lastReportAt, place(of: row), keywords: row.keywords, reader)
  }

  /// The history does not say of what lies in the whole area that it lies nowhere; the incident does.
  private func place(of row: HistoryRow) throws(SQLiteError) -> Coordinate? {
    if silences.allSatisfy({ $0.area == nil }) { return row.location }
    try wholeArea.bind(row.id.description, at: 1)
    defer { wholeArea.reset() }
    return try wholeArea.step() ? nil : row.location
  }

  /// - Parameter place: nil for the whole area.
  private mutating func acts(
    on id: ClusterID, lastReportAt: Timestamp?, _ place: Coordinate?, keywords: [String]? = nil, _ reader: borrowing ArchiveReader
  ) throws(SQLiteError) -> IncidentActs {
    if isBlank { return IncidentActs() }
    var acts = try last.read(of: id)
    acts.members = tree.members(of: id)
    acts.head = tree.heads[id].map { tree.root(of: $0) }
    guard let lastReportAt else { return acts }
    (acts.silence, acts.silenceEndsAt) =
      try silence(hiding: id, lastReportAt: lastReportAt, place, keywords: keywords, reader) ?? (nil, nil)
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
    return try silence(hiding: key.id, lastReportAt: key.lastReportAt, key.isWholeArea ? nil : key.place, reader) == nil
  }

  private mutating func silence(
    hiding id: ClusterID, lastReportAt: Timestamp, _ place: Coordinate?, keywords: [String]? = nil,
    _ reader: borrowing ArchiveReader
  ) throws(SQLiteError) -> (Silence?, Timestamp?)? {
    for index in silences.indices where silences[index].admits(lastReportAt: lastReportAt, place: place) {
      let silence = silences[index]
      guard try isAbout(silence, id, keywords: keywords) else { continue }
      let end = try end(of: silence, reader)
      if lastReportAt < end { return (silence, end) }
    }
    return nil
  }

  /// Whether a keyword of an incident is a silence's.
  ///
  /// - Parameter keywords: the incident's; nil where they are to be looked up.
  mutating func isAbout(_ silence: Silence, _ id: ClusterID, keywords known: [String]? = nil) throws(SQLiteError) -> Bool {
    if silence.keywordWords.isEmpty { return true }
    if let known = known ?? past?[id]?.keywords { return known.contains { isAbout(silence, $0) } }
    var isFound = false
    try keywords.bind(id.description, at: 1)
    while !isFound, try keywords.step() { isFound = isAbout(silence, keywords.text(0) ?? "") }
    keywords.reset()
    return isFound
  }

  private mutating func isAbout(_ silence: Silence, _ keyword: String) -> Bool {
    let question = silence.keywordWords + [keyword]
    let answer =
      matches[question]
      ?? (WordMatch(silence.keywordWords).matches(Array(keyword.utf8)) || filter.isFurther(silence.keywordWords, keyword))
    matches[question] = answer
    return answer
  }

  /// The incidents of a silence's place that were reported at some time since it began.
  private func candidates(under silence: Silence, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> [SilenceCandidate] {
    guard let past else { return try reader.incidents(under: silence, since: silence.startsAt) }
    var candidates: [SilenceCandidate] = []
    for row in past.values {
      guard let openedAt = row.openedAt, let lastReportAt = row.lastReportAt, lastReportAt >= silence.startsAt,
        openedAt < silence.endsAt, try silence.holds(place(of: row))
      else { continue }
      candidates.append(
        SilenceCandidate(id: row.id, openedAt: openedAt, lastReportAt: lastReportAt, isListed: row.above == nil))
    }
    return candidates
  }

  /// Where a silence ends: as it was said, as it was ended, or where it lapsed.
  mutating func end(of silence: Silence, _ reader: borrowing ArchiveReader) throws(SQLiteError) -> Timestamp {
    if let endedAt = silence.endedAt { return endedAt }
    if let known = lapses[silence.number] { return known ?? silence.endsAt }
    var reported = try candidates(under: silence, reader)
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
    for candidate in try candidates(under: silence, reader)
    where candidate.isListed && candidate.lastReportAt < end && tree.heads[candidate.id] == nil {
      if try isAbout(silence, candidate.id) { hidden.append(candidate) }
    }
    hidden.sort { ($1.lastReportAt, $0.id) < ($0.lastReportAt, $1.id) }
    return hidden.map(\.id)
  }
}
