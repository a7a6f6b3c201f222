import Engine
import Reports
import SQLite

/// Reads what analysts did last to one incident, under its id or under one that it has absorbed.
struct LastActs: ~Copyable {
  private let isTouched: Statement
  private let last: Statement
  private let act: Statement
}

extension LastActs {
  static let columns = "number, at, analyst, verb, kind, id, object, note"

  /// The id ?1 and all that it has absorbed, as the table `part`.
  ///
  /// - Parameter isEarlier: whether merges of which something was said after ?2 had not come about yet.
  static func parts(isEarlier: Bool = false) -> String {
    """
    WITH RECURSIVE part (id) AS (
      VALUES (?1)
      UNION SELECT m.absorbed FROM part AS p CROSS JOIN incident_merge AS m ON m.survivor = p.id
        WHERE NOT EXISTS (SELECT 1 FROM incident AS i WHERE i.id = m.absorbed)\(isEarlier ? " AND NOT \(isSaidLater("m.absorbed"))" : "")
    )
    """
  }

  /// Whether something was said of an id after ?2.
  static func isSaidLater(_ id: String) -> String {
    "EXISTS (SELECT 1 FROM incident_change AS h INDEXED BY incident_change_by_id WHERE h.id = \(id) AND h.at > ?2)"
  }

  static func sql(isEarlier: Bool = false) -> String {
    """
    \(parts(isEarlier: isEarlier))
    SELECT max(CASE WHEN a.verb IN ('acknowledge', 'unacknowledge') THEN a.number END),
      max(CASE WHEN a.verb IN ('assign', 'unassign') THEN a.number END), total(a.verb = 'annotate')
    FROM part AS p CROSS JOIN act AS a ON a.id = p.id WHERE a.kind = 'incident'\(isEarlier ? " AND a.at <= ?2" : "")
    """
  }

  /// - Parameter time: reads what had been done by then; nil for now.
  init(asOf time: Timestamp? = nil, on connection: borrowing Connection) throws(SQLiteError) {
    let last = try connection.prepare(Self.sql(isEarlier: time != nil))
    if let time { try last.bind(time.microseconds, at: 2) }
    try self.init(
      isTouched: connection.prepare(
        "SELECT EXISTS (SELECT 1 FROM act WHERE id = ?1) OR EXISTS (SELECT 1 FROM incident_merge WHERE survivor = ?1)"),
      last: last, act: connection.prepare("SELECT \(Self.columns) FROM act WHERE number = ?1"))
  }

  /// Whether it is acknowledged, whom it is assigned to, how many notes there are.
  func read(of id: ClusterID) throws(SQLiteError) -> IncidentActs {
    var acts = IncidentActs()
    // Most were never acted upon, and have absorbed nothing that was.
    try isTouched.bind(id.description, at: 1)
    defer { isTouched.reset() }
    guard try isTouched.step(), isTouched.integer(0) == 1 else { return acts }
    try last.bind(id.description, at: 1)
    defer { last.reset() }
    guard try last.step() else { return acts }
    acts.noteCount = UInt64(last.double(2) ?? 0)
    if let number = last.integer(0) { acts.acknowledged = try read(number).flatMap { $0.verb == .acknowledge ? $0 : nil } }
    if let number = last.integer(1) { acts.assigned = try read(number).flatMap { $0.verb == .assign ? $0 : nil } }
    return acts
  }

  private func read(_ number: Int64) throws(SQLiteError) -> Act? {
    try act.bind(number, at: 1)
    defer { act.reset() }
    return try act.step() ? Act(act) : nil
  }
}

extension Act {
  /// Reads a row of `LastActs.columns`; nil where a later release has written it.
  init?(_ row: borrowing Statement) {
    guard let verb = Verb(rawValue: row.text(3) ?? ""), let kind = Kind(rawValue: row.text(4) ?? "") else { return nil }
    self.init(
      number: row.count(0), at: row.timestamp(1), analyst: row.text(2) ?? "", verb: verb, kind: kind, id: row.text(5) ?? "",
      object: row.text(6), note: row.text(7))
  }
}
