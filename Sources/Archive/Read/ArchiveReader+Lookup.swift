import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// Links that are followed from an absorbed id to the one that holds what it stood for.
  private static let linkCount = 4_096

  /// One summary by its id or the beginning of one, in either case of letters; ids that were absorbed are known too.
  ///
  /// - Parameter kinds: what is looked for. Where summaries of several kinds have the same id, the first kind's is meant.
  package func find(_ idOrPrefix: String, among kinds: [SummaryKind] = SummaryKind.allCases) throws(ArchiveError) -> SummaryLookup
  {
    let prefix = idOrPrefix.lowercased()
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        if let id = ClusterID(prefix), let detail = try detail(of: id, among: kinds) { return .found(detail) }
        let candidates = try ids(beginningWith: prefix, among: kinds)
        guard let id = candidates.first else { return .none }
        guard candidates.count == 1 else { return .ambiguous(candidates) }
        if let detail = try detail(of: id, among: kinds) { return .found(detail) }
        for kind in kinds where kind != .episode {
          if let detail = try survivor(of: id, kind) { return .merged(absorbed: id, into: detail) }
        }
        return .none
      }
    }
  }

  /// Live and absorbed ids, ascending, at most as many as an ambiguous answer names.
  private func ids(beginningWith prefix: String, among kinds: [SummaryKind]) throws(SQLiteError) -> [ClusterID] {
    var selects = kinds.map { "SELECT id FROM \($0.rawValue) WHERE id >= ?1 AND id < ?2" }
    selects += kinds.filter { $0 != .episode }.map {
      "SELECT absorbed FROM \($0.rawValue)_merge WHERE absorbed >= ?1 AND absorbed < ?2"
    }
    guard !selects.isEmpty else { return [] }
    let select = try connection.prepare(
      "\(selects.joined(separator: "\nUNION ")) ORDER BY 1 LIMIT \(SummaryLookup.ambiguousCount)")
    try select.bind(prefix, at: 1)
    try select.bind(prefix + "~", at: 2)
    var ids: [ClusterID] = []
    while try select.step() {
      if let id = ClusterID(select.text(0) ?? "") { ids.append(id) }
    }
    return ids
  }

  /// The summary at the end of the links from an absorbed id; nil where they lead nowhere.
  private func survivor(of absorbed: ClusterID, _ kind: SummaryKind) throws(SQLiteError) -> SummaryDetail? {
    let select = try connection.prepare("SELECT survivor FROM \(kind.rawValue)_merge WHERE absorbed = ?1")
    var id = absorbed
    for _ in 0..<Self.linkCount {
      try select.bind(id.description, at: 1)
      guard try select.step(), let next = ClusterID(select.text(0) ?? "") else { return nil }
      select.reset()
      if let detail = try detail(of: next, among: [kind]) { return detail }
      id = next
    }
    return nil
  }

  private func detail(of id: ClusterID, among kinds: [SummaryKind]) throws(SQLiteError) -> SummaryDetail? {
    for kind in kinds {
      let detail =
        switch kind {
        case .incident: try incidentDetail(of: id).map { SummaryDetail.incident($0) }
        case .episode: try episodeDetail(of: id).map { SummaryDetail.episode($0) }
        case .cluster: try clusterDetail(of: id).map { SummaryDetail.cluster($0) }
        }
      if let detail { return detail }
    }
    return nil
  }

  /// The rows of a kind that a condition on ?1 picks.
  private func rows<Row>(
    _ kind: SummaryKind, where condition: String, _ id: ClusterID, _ read: (borrowing Statement) -> Row?
  ) throws(SQLiteError) -> [Row] {
    let select = try connection.prepare("\(ListQuery.select(kind)) WHERE \(condition)")
    try select.bind(id.description, at: 1)
    var rows: [Row] = []
    while try select.step() {
      if let row = read(select) { rows.append(row) }
    }
    return rows
  }

  private func incidentRow(of id: ClusterID) throws(SQLiteError) -> IncidentRow? {
    try withKeywords(rows(.incident, where: "c.id = ?1", id) { IncidentRow($0) }).first
  }

  private func incidentDetail(of id: ClusterID) throws(SQLiteError) -> IncidentDetail? {
    guard let row = try incidentRow(of: id) else { return nil }
    let order = "ORDER BY c.ri DESC, c.observed DESC, c.opened_at, c.id"
    return IncidentDetail(
      row: row, best: try episodeDetail(of: row.summary.best),
      episodes: try withKeywords(rows(.episode, where: "c.incident = ?1 \(order)", id) { EpisodeRow($0) }))
  }

  private func episodeDetail(of id: ClusterID) throws(SQLiteError) -> EpisodeDetail? {
    guard var row = try withKeywords(rows(.episode, where: "c.id = ?1", id) { EpisodeRow($0) }).first else { return nil }
    row.summary.windows = try windows(of: id)
    row.summary.cells = try episodeCells(of: id)
    row.summary.bins = try bins(of: id)
    let samples = try samples(of: id, .episode)
    row.summary.samples = samples.map(\.reference)
    let order = "ORDER BY c.witness_count DESC, c.report_count DESC, c.opened_at, c.id"
    return EpisodeDetail(
      row: row, samples: samples.map(\.text), incident: try incidentRow(of: row.summary.incident),
      clusters: try rows(.cluster, where: "c.episode = ?1 \(order)", id) { ClusterRow($0) })
  }

  private func clusterDetail(of id: ClusterID) throws(SQLiteError) -> ClusterDetail? {
    guard let row = try rows(.cluster, where: "c.id = ?1", id, { ClusterRow($0) }).first else { return nil }
    return ClusterDetail(row: row, cells: try cells(of: id), samples: try samples(of: id, .cluster).map(\.text))
  }
}
