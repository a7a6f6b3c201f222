import Archive
import Engine

/// What analysts did, folded in order over sets: the honest twin of the store's tables.
struct ActModel {
  struct Line: Equatable {
    var number: UInt64
    var verb: Act.Verb
    var id: ClusterID
    var object: String?
  }

  var live: Set<ClusterID> = []
  var absorbed: [ClusterID: ClusterID] = [:]
  var lines: [Line] = []
  /// The merges that stand, with the ids that were named.
  var joins: [(member: ClusterID, head: ClusterID)] = []

  func now(_ id: ClusterID) -> ClusterID? {
    if live.contains(id) { return id }
    return absorbed[id].flatMap { now($0) }
  }

  /// The parent of each incident that stands under another, and which merges say so.
  private func folded() -> (parents: [ClusterID: ClusterID], used: [Int]) {
    var parents: [ClusterID: ClusterID] = [:]
    var used: [Int] = []
    for (index, join) in joins.enumerated() {
      guard var below = now(join.member), var above = now(join.head) else { continue }
      while let parent = parents[below] { below = parent }
      while let parent = parents[above] { above = parent }
      if below == above { continue }
      parents[below] = above
      used.append(index)
    }
    return (parents, used)
  }

  var parents: [ClusterID: ClusterID] { folded().parents }

  func root(_ id: ClusterID) -> ClusterID {
    let parents = parents
    var id = id
    while let parent = parents[id] { id = parent }
    return id
  }

  func members(of id: ClusterID) -> [ClusterID] {
    live.filter { $0 != id && root($0) == root(id) && isBelow($0, id) }.sorted()
  }

  private func isBelow(_ id: ClusterID, _ head: ClusterID) -> Bool {
    var id: ClusterID? = id
    while let at = id {
      if at == head { return true }
      id = parents[at]
    }
    return false
  }

  // MARK: Acts

  mutating func append(_ verb: Act.Verb, _ id: ClusterID, _ object: String? = nil) -> UInt64 {
    lines.append(Line(number: UInt64(lines.count + 1), verb: verb, id: id, object: object))
    return UInt64(lines.count)
  }

  /// The last of some verbs on an incident, under whatever id it was named.
  func last(_ verbs: [Act.Verb], _ id: ClusterID) -> Line? {
    lines.last { verbs.contains($0.verb) && now($0.id) == id }
  }

  func isAcknowledged(_ id: ClusterID) -> Bool { last([.acknowledge, .unacknowledge], id)?.verb == .acknowledge }

  func assignee(_ id: ClusterID) -> String? {
    let line = last([.assign, .unassign], id)
    return line?.verb == .assign ? line?.object : nil
  }

  func noteCount(_ id: ClusterID) -> UInt64 { UInt64(lines.count { $0.verb == .annotate && now($0.id) == id }) }

  private mutating func tidy() {
    let used = folded().used
    joins = used.map { joins[$0] }
  }

  mutating func merge(_ member: ClusterID, _ head: ClusterID) -> JoinOutcome {
    guard let below = now(member) else { return .gone(member) }
    guard let above = now(head) else { return .gone(head) }
    tidy()
    let (part, whole) = (root(below), root(above))
    if part == whole { return .alreadyOne(whole) }
    joins.append((part, whole))
    return .done(act: append(.merge, part, whole.description), member: part, head: whole)
  }

  mutating func unmerge(_ member: ClusterID) -> JoinOutcome {
    guard let part = now(member) else { return .gone(member) }
    tidy()
    guard let parent = parents[part] else { return .notMerged(members: members(of: part)) }
    let joins = joins
    self.joins = joins.filter { now($0.member) != part }
    return .done(act: append(.unmerge, part, parent.description), member: part, head: parent)
  }
}
