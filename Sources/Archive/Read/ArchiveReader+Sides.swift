package import Engine
package import Reports
import SQLite

/// What the side tables find: candidates, each of which is held against the summary itself; and what they do not know of yet.
extension ArchiveReader {
  /// Summaries that wait for the side tables to be told of them.
  package func backlogCount() throws(ArchiveError) -> Int {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in Int(try connection.integer("SELECT count(*) FROM side_backlog") ?? 0) }
    }
  }

  /// The ids of the summaries whose box shares a place with a box, edges included; ascending.
  ///
  /// - Parameter box: its west may be greater than its east.
  /// - Complexity: O(candidates + backlog).
  package func ids(of kind: SummaryKind, touching box: BoundingBox) throws(ArchiveError) -> [ClusterID] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let touching = try connection.prepare(Self.touching(kind))
        var candidates = try backlog(kind)
        for span in box.spans {
          for (index, value) in [span.west, span.east, box.southE7, box.northE7].enumerated() {
            try touching.bind(Double(value) / 1e7, at: Int32(index + 1))
          }
          while try touching.step() {
            if let number = touching.integer(0) { candidates.insert(ClusterID(rawValue: UInt64(bitPattern: number))) }
          }
          touching.reset()
        }
        let own = try connection.prepare("SELECT west, south, east, north FROM \(kind.rawValue) WHERE id = ?1")
        var found: [ClusterID] = []
        for id in candidates {
          try own.bind(id.description, at: 1)
          var cursor = ColumnCursor()
          if try own.step(), let other = own.box(&cursor), box.touches(other) { found.append(id) }
          own.reset()
        }
        return found.sorted()
      }
    }
  }

  /// How SQLite answers both: the lines of EXPLAIN QUERY PLAN.
  package func sidePlans(_ kind: SummaryKind) throws(ArchiveError) -> [String] {
    try plan(Self.touching(kind)) + plan(Self.backlogIDs)
      + (kind == .incident ? [] : plan(TextTable.side(kind).matching("rowid")))
  }

  private static let backlogIDs = "SELECT id FROM side_backlog WHERE kind = ?1"

  private static func touching(_ kind: SummaryKind) -> String {
    "SELECT number FROM side_\(kind.rawValue)_box WHERE west <= ?2 AND east >= ?1 AND south <= ?4 AND north >= ?3"
  }

  func backlog(_ kind: SummaryKind) throws(SQLiteError) -> Set<ClusterID> {
    let select = try connection.prepare(Self.backlogIDs)
    try select.bind(kind.rawValue, at: 1)
    var ids: Set<ClusterID> = []
    while try select.step() { if let id = ClusterID(select.text(0) ?? "") { ids.insert(id) } }
    return ids
  }
}

extension BoundingBox {
  /// Whether two boxes share a place, edges included; either may lie across the antimeridian.
  func touches(_ other: BoundingBox) -> Bool {
    guard southE7 <= other.northE7, other.southE7 <= northE7 else { return false }
    return spans.contains { own in other.spans.contains { own.west <= $0.east && $0.west <= own.east } }
  }

  /// Its longitudes: two ranges where it lies across the antimeridian.
  var spans: [(west: Int32, east: Int32)] {
    let edge: Int32 = 1_800_000_000
    return westE7 <= eastE7 ? [(westE7, eastE7)] : [(westE7, edge), (-edge, eastE7)]
  }
}
