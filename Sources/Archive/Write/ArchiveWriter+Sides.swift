import Engine
import SQLite

/// The side tables: boxes of summaries in R*Trees, and keywords and sample texts in FTS5.
///
/// They are told of changes when there is time, in small transactions of their own. Whoever reads them looks at the backlog, too.
extension ArchiveWriter {
  /// Brings side tables up to date for some of the summaries that have changed.
  ///
  /// - Returns: how many were looked at; fewer than `count` once none is left.
  /// - Complexity: O(log n) for each, and its texts.
  package mutating func fillSides(count: Int) throws(ArchiveError) -> Int {
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in try sides.fill(count: count) }
    }
  }
}

/// Fills the side tables.
struct SideTables: ~Copyable {
  private let pending: Statement
  private let done: Statement
  private let incidents: SideTable
  private let episodes: SideTable
  private let clusters: SideTable
}

extension SideTables {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      pending: connection.prepare("SELECT kind, id FROM side_backlog LIMIT ?1"),
      done: connection.prepare("DELETE FROM side_backlog WHERE kind = ?1 AND id = ?2"),
      incidents: SideTable(of: .incident, hasText: false, on: connection),
      episodes: SideTable(of: .episode, hasText: true, on: connection),
      clusters: SideTable(of: .cluster, hasText: true, on: connection))
  }

  func fill(count: Int) throws(SQLiteError) -> Int {
    var entries: [(kind: SummaryKind, id: ClusterID)] = []
    try pending.bind(Int64(count), at: 1)
    while try pending.step() {
      guard let kind = SummaryKind(rawValue: pending.text(0) ?? ""), let id = ClusterID(pending.text(1) ?? "") else { continue }
      entries.append((kind, id))
    }
    pending.reset()
    for (kind, id) in entries {
      switch kind {
      case .incident: try incidents.fill(id)
      case .episode: try episodes.fill(id)
      case .cluster: try clusters.fill(id)
      }
      try done.bind(kind.rawValue, at: 1)
      try done.bind(id.description, at: 2)
      try done.run()
    }
    return entries.count
  }
}

/// The side tables of one kind.
struct SideTable: ~Copyable {
  private let readBox: Statement
  private let removeBox: Statement
  private let addBox: Statement
  private let texts: SideTexts?
}

extension SideTable {
  /// Prepares the statements.
  init(of kind: SummaryKind, hasText: Bool, on connection: borrowing Connection) throws(SQLiteError) {
    let box = "side_\(kind.rawValue)_box"
    try self.init(
      readBox: connection.prepare("SELECT west, south, east, north FROM \(kind.rawValue) WHERE id = ?1"),
      removeBox: connection.prepare("DELETE FROM \(box) WHERE number = ?1"),
      addBox: connection.prepare("INSERT INTO \(box) (number, west, east, south, north) VALUES (?1, ?2, ?3, ?4, ?5)"),
      texts: hasText ? SideTexts(of: kind, on: connection) : nil)
  }

  /// Tells of one summary as it stands; of one that is not there any more that it is gone.
  func fill(_ id: ClusterID) throws(SQLiteError) {
    let number = Int64(bitPattern: id.rawValue)
    try readBox.bind(id.description, at: 1)
    let isThere = try readBox.step()
    let box = isThere && !readBox.isNull(0) ? (0..<4).map { readBox.double(Int32($0)) ?? 0 } : nil
    readBox.reset()
    try removeBox.bind(number, at: 1)
    try removeBox.run()
    if let box {
      try addBox.bind(number, at: 1)
      // One that lies across the antimeridian is found at every longitude; who asks looks at the summary itself then.
      let isAcross = box[0] > box[2]
      for (parameter, value) in [isAcross ? -180 : box[0], isAcross ? 180 : box[2], box[1], max(box[1], box[3])].enumerated() {
        try addBox.bind(value, at: Int32(parameter + 2))
      }
      try addBox.run()
    }
    if texts != nil { try texts?.fill(id, isThere: isThere) }
  }
}
