import Engine
import Reports
import SQLite

/// Leads from an incident's id, as somebody named it once, to the incident that holds it now.
struct LiveIncidents: ~Copyable {
  private let exists: Statement
  private let next: Statement
}

extension LiveIncidents {
  /// Links that are followed at most: a damaged table may hold a circle.
  private static let linkCount = 4_096

  /// - Parameter time: follows what had been merged by then; nil for now.
  init(asOf time: Timestamp? = nil, on connection: borrowing Connection) throws(SQLiteError) {
    let isThere = "EXISTS (SELECT 1 FROM incident WHERE id = ?1)\(time == nil ? "" : " OR \(LastActs.isSaidLater("?1"))")"
    let exists = try connection.prepare("SELECT 1 WHERE \(isThere)")
    if let time { try exists.bind(time.microseconds, at: 2) }
    try self.init(exists: exists, next: connection.prepare("SELECT survivor FROM incident_merge WHERE absorbed = ?1"))
  }

  /// Nil where there is none any more, as after other settings.
  func incident(of id: ClusterID) throws(SQLiteError) -> ClusterID? {
    var id = id
    for _ in 0..<Self.linkCount {
      try exists.bind(id.description, at: 1)
      let isThere = try exists.step()
      exists.reset()
      if isThere { return id }
      try next.bind(id.description, at: 1)
      let survivor = try next.step() ? next.text(0).flatMap { ClusterID($0) } : nil
      next.reset()
      guard let survivor else { return nil }
      id = survivor
    }
    return nil
  }
}
