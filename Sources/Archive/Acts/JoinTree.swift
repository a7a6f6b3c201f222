import Engine
import Reports
import SQLite

/// The merges by analysts that stand: which incident stands under which.
///
/// They are read in the order in which they were made. Ids that the engine has merged since count for what holds them now, so a merge may
/// have become idle: of two that are one already, or of what is gone.
struct JoinTree: Equatable {
  struct Join: Equatable {
    var act: UInt64
    var member: ClusterID
    var head: ClusterID
  }

  private(set) var heads: [ClusterID: ClusterID] = [:]
  private var members: [ClusterID: [ClusterID]] = [:]
  /// The acts whose merges join nothing any more.
  private(set) var idle: [UInt64] = []

  /// - Parameters:
  ///   - joins: In the order of the acts.
  ///   - live: What holds an id now; nil where nothing does.
  /// - Complexity: O(joins × depth).
  init<Failure: Error>(_ joins: [Join], live: (ClusterID) throws(Failure) -> ClusterID?) throws(Failure) {
    for join in joins {
      guard let member = try live(join.member), let head = try live(join.head) else {
        idle.append(join.act)
        continue
      }
      let (below, above) = (root(of: member), root(of: head))
      if below == above {
        idle.append(join.act)
      } else {
        heads[below] = above
        members[above, default: []].append(below)
      }
    }
  }

  /// Reads the store's.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    let select = try connection.prepare("SELECT act, member, head FROM incident_join ORDER BY act")
    var joins: [Join] = []
    while try select.step() {
      if let member = ClusterID(select.text(1) ?? ""), let head = ClusterID(select.text(2) ?? "") {
        joins.append(Join(act: select.count(0), member: member, head: head))
      }
    }
    let live = try LiveIncidents(on: connection)
    try self.init(joins) { (id) throws(SQLiteError) in try live.incident(of: id) }
  }

  /// What stood at an earlier time, as the audit tells it.
  ///
  /// - Complexity: O(merges until then), times those that were taken back.
  init(asOf time: Timestamp, on connection: borrowing Connection) throws(SQLiteError) {
    let select = try connection.prepare(
      "SELECT \(LastActs.columns) FROM act WHERE verb IN ('merge', 'unmerge') AND at <= ?1 ORDER BY number")
    try select.bind(time.microseconds, at: 1)
    var joins: [Join] = []
    while try select.step() {
      guard let act = Act(select), let id = ClusterID(act.id), let head = act.object.flatMap({ ClusterID($0) }) else { continue }
      if act.verb == .merge {
        joins.append(Join(act: act.number, member: id, head: head))
        continue
      }
      // As `unmerge` did: those that joined nothing by then are let go of before.
      let then = try LiveIncidents(asOf: act.at, on: connection)
      let idle = try Self(joins) { (id) throws(SQLiteError) in try then.incident(of: id) }.idle
      let part = try then.incident(of: id)
      var rest: [Join] = []
      for join in joins where !idle.contains(join.act) {
        if try then.incident(of: join.member) != part { rest.append(join) }
      }
      joins = rest
    }
    let live = try LiveIncidents(asOf: time, on: connection)
    try self.init(joins) { (id) throws(SQLiteError) in try live.incident(of: id) }
  }

  /// The incident that is listed for one; itself where it stands alone.
  func root(of id: ClusterID) -> ClusterID {
    var id = id
    while let head = heads[id] { id = head }
    return id
  }

  /// All that stand under an incident, ascending.
  func members(of id: ClusterID) -> [ClusterID] {
    var found = members[id] ?? []
    var index = 0
    while index < found.count {
      found += members[found[index]] ?? []
      index += 1
    }
    return found.sorted()
  }
}
