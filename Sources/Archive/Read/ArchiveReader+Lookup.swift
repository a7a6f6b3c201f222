import Engine
import Reports
import SQLite

extension ArchiveReader {
  /// Links that are followed from an absorbed id to the cluster that holds its reports now.
  private static let linkCount = 4_096

  /// One cluster by its id or the beginning of one, in either case of letters; ids that were absorbed are known too.
  package func cluster(_ idOrPrefix: String) throws(ArchiveError) -> ClusterLookup {
    let prefix = idOrPrefix.lowercased()
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        if let id = ClusterID(prefix), let detail = try detail(of: id) { return .found(detail) }
        let candidates = try ids(beginningWith: prefix)
        guard let id = candidates.first else { return .none }
        guard candidates.count == 1 else { return .ambiguous(candidates) }
        if let detail = try detail(of: id) { return .found(detail) }
        return try survivor(of: id).map { .merged(absorbed: id, into: $0) } ?? .none
      }
    }
  }

  /// Live and absorbed ids, ascending, at most as many as an ambiguous answer names.
  private func ids(beginningWith prefix: String) throws(SQLiteError) -> [ClusterID] {
    let select = try connection.prepare(
      """
      SELECT id FROM cluster WHERE id >= ?1 AND id < ?2
      UNION SELECT absorbed FROM cluster_merge WHERE absorbed >= ?1 AND absorbed < ?2
      ORDER BY 1 LIMIT \(ClusterLookup.ambiguousCount)
      """)
    try select.bind(prefix, at: 1)
    try select.bind(prefix + "~", at: 2)
    var ids: [ClusterID] = []
    while try select.step() {
      if let id = ClusterID(select.text(0) ?? "") { ids.append(id) }
    }
    return ids
  }

  /// The cluster at the end of the links from an absorbed id; nil where they lead nowhere.
  private func survivor(of absorbed: ClusterID) throws(SQLiteError) -> ClusterDetail? {
    let select = try connection.prepare("SELECT survivor FROM cluster_merge WHERE absorbed = ?1")
    var id = absorbed
    for _ in 0..<Self.linkCount {
      try select.bind(id.description, at: 1)
      guard try select.step(), let next = ClusterID(select.text(0) ?? "") else { return nil }
      select.reset()
      if let detail = try detail(of: next) { return detail }
      id = next
    }
    return nil
  }

  private func detail(of id: ClusterID) throws(SQLiteError) -> ClusterDetail? {
    let select = try connection.prepare(
      "SELECT \(ClusterRow.columns) FROM cluster AS c CROSS JOIN keyword AS k ON k.number = c.keyword WHERE c.id = ?1")
    try select.bind(id.description, at: 1)
    guard try select.step(), let row = ClusterRow(select) else { return nil }
    return ClusterDetail(row: row, cells: try cells(of: id), samples: try samples(of: id))
  }

  private func cells(of id: ClusterID) throws(SQLiteError) -> [ClusterSummary.CellCount] {
    let select = try connection.prepare("SELECT cell, report_count, witness_count FROM cluster_cell WHERE cluster = ?1")
    try select.bind(id.description, at: 1)
    var cells: [ClusterSummary.CellCount] = []
    while try select.step() { cells.append(.init(select, from: 0)) }
    // −1, no place, comes last here, and first in SQL.
    return cells.sorted { $0.cell < $1.cell }
  }

  private func samples(of id: ClusterID) throws(SQLiteError) -> [ClusterDetail.Sample] {
    let select = try connection.prepare(
      "SELECT source, report_id, reported_at, text FROM cluster_sample WHERE cluster = ?1 ORDER BY rank")
    try select.bind(id.description, at: 1)
    var samples: [ClusterDetail.Sample] = []
    while try select.step() {
      samples.append(
        .init(
          source: select.text(0) ?? "", reportID: select.text(1) ?? "", reportedAt: select.timestamp(2),
          text: select.text(3) ?? ""))
    }
    return samples
  }
}
