package import Engine
package import Reports
import SQLite

/// Writes what one analyst does, beside whoever writes the store: each act in one short transaction with its line of the audit.
package struct ActWriter: ~Copyable {
  let connection: Connection
  let analyst: String
  let at: Timestamp
  /// Silences that have lapsed; written down with the first act.
  private let lapsed: [SilenceRow]

  /// How long an act waits for the aggregator, which writes in longer transactions.
  private static let busyTimeoutMilliseconds: Int32 = 60_000

  /// Opens the store in a folder.
  ///
  /// - Parameters:
  ///   - analyst: who acts: not empty, of at most `ActLimits.nameByteCount` bytes.
  ///   - at: the wall's time.
  ///   - lapsed: silences of which those that have lapsed are written down.
  /// - Throws: `.missing`, `.notAStore`, `.newerSchema`, `.olderSchema`, `.unreadable`, `.corrupt`.
  package init(folder: String, analyst: String, at: Timestamp, lapsed: [SilenceRow] = []) throws(ArchiveError) {
    precondition(!analyst.isEmpty && analyst.utf8.count <= ActLimits.nameByteCount)
    let path = ArchiveFormat.path(inFolder: folder)
    let connection = try storing { () throws(SQLiteError) in
      try Connection(path: path, mode: .readWrite, busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds)
    }
    let version = try Migration.version(of: connection, acceptsEmpty: false)
    guard version == ArchiveFormat.schemaVersion else {
      throw .olderSchema(path: path, found: version, supported: ArchiveFormat.schemaVersion)
    }
    try storing { () throws(SQLiteError) in try connection.execute("PRAGMA foreign_keys = ON") }
    self.connection = connection
    self.analyst = analyst
    self.at = at
    self.lapsed = lapsed.filter(\.isLapsed)
  }

  /// Runs an act in its transaction.
  func act<Outcome>(_ body: () throws(SQLiteError) -> Outcome) throws(ArchiveError) -> Outcome {
    do throws(SQLiteError) {
      return try connection.transaction(.writing) { () throws(SQLiteError) in
        try writeLapses()
        return try body()
      }
    } catch {
      if error.kind == .readOnly { throw .unwritable(path: error.path, detail: error.message) }
      throw ArchiveError(error)
    }
  }

  private func writeLapses() throws(SQLiteError) {
    guard !lapsed.isEmpty else { return }
    let isOpen = try connection.prepare("SELECT 1 FROM silence WHERE number = ?1 AND ended_at IS NULL")
    for row in lapsed {
      try isOpen.bind([.count(row.silence.number)])
      let isThere = try isOpen.step()
      isOpen.reset()
      guard isThere else { continue }
      let hours = Double(row.silence.idleMicroseconds / 36_000_000) / 100
      let number = try append(
        .lapseSilence, .silence, "\(row.silence.number)", object: nil, note: "nothing of it for \(hours) hours", by: Act.nobody)
      try end(row.silence.number, at: row.endsAt, act: number)
    }
  }

  func end(_ silence: UInt64, at time: Timestamp, act: UInt64) throws(SQLiteError) {
    let update = try connection.prepare("UPDATE silence SET ended_at = ?2, ended_act = ?3 WHERE number = ?1")
    try update.bind([.count(silence), .time(time), .count(act)])
    try update.run()
  }

  /// Adds a line to the audit.
  func append(
    _ verb: Act.Verb, _ kind: Act.Kind, _ id: String, object: String?, note: String?, by analyst: String? = nil
  ) throws(SQLiteError) -> UInt64 {
    func text(_ text: String?) -> StoredValue { text.map { .text(Array($0.utf8)) } ?? .null }
    let number = try nextNumber(in: "act")
    let insert = try connection.prepare("INSERT INTO act VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
    try insert.bind([
      .count(number), .time(at), text(analyst ?? self.analyst), text(verb.rawValue), text(kind.rawValue), text(id), text(object),
      text(note),
    ])
    try insert.run()
    return number
  }

  func nextNumber(in table: String) throws(SQLiteError) -> UInt64 {
    UInt64(clamping: (try connection.integer("SELECT max(number) FROM \(table)") ?? 0) + 1)
  }
}

// MARK: Incidents

extension ActWriter {
  /// Acknowledges an incident, or takes that back.
  package func acknowledge(_ id: ClusterID, isUndone: Bool = false, note: String? = nil) throws(ArchiveError) -> ActOutcome {
    try act { () throws(SQLiteError) in
      try onIncident(id) { (id, acts) throws(SQLiteError) in
        if (acts.acknowledged == nil) == isUndone, note == nil || isUndone { return .unchanged(acts.acknowledged) }
        return .done(
          act: try append(isUndone ? .unacknowledge : .acknowledge, .incident, id.description, object: nil, note: note), on: id)
      }
    }
  }

  /// Assigns an incident to somebody, or to nobody.
  package func assign(_ id: ClusterID, to assignee: String?, note: String? = nil) throws(ArchiveError) -> ActOutcome {
    try act { () throws(SQLiteError) in
      try onIncident(id) { (id, acts) throws(SQLiteError) in
        if acts.assigned?.object == assignee { return .unchanged(acts.assigned) }
        let verb: Act.Verb = assignee == nil ? .unassign : .assign
        return .done(act: try append(verb, .incident, id.description, object: assignee, note: note), on: id)
      }
    }
  }

  /// Adds a note to an incident.
  package func annotate(_ id: ClusterID, _ note: String) throws(ArchiveError) -> ActOutcome {
    try act { () throws(SQLiteError) in
      try onIncident(id) { (id, _) throws(SQLiteError) in
        .done(act: try append(.annotate, .incident, id.description, object: nil, note: note), on: id)
      }
    }
  }

  /// What is done to an incident is done to the one that is listed for it.
  private func onIncident(
    _ id: ClusterID, _ body: (ClusterID, IncidentActs) throws(SQLiteError) -> ActOutcome
  ) throws(SQLiteError) -> ActOutcome {
    guard let live = try LiveIncidents(on: connection).incident(of: id) else { return .gone }
    let head = try JoinTree(on: connection).root(of: live)
    return try body(head, try LastActs(on: connection).read(of: head))
  }

  /// Merges an incident into another, each as what is listed for it.
  package func merge(_ member: ClusterID, into head: ClusterID, reason: String) throws(ArchiveError) -> JoinOutcome {
    try act { () throws(SQLiteError) in
      let live = try LiveIncidents(on: connection)
      guard let below = try live.incident(of: member) else { return .gone(member) }
      guard let above = try live.incident(of: head) else { return .gone(head) }
      let tree = try tidiedTree()
      let (part, whole) = (tree.root(of: below), tree.root(of: above))
      if part == whole { return .alreadyOne(whole) }
      guard try connection.integer("SELECT count(*) FROM incident_join") ?? 0 < ActLimits.joinCount else { return .full }
      let number = try append(.merge, .incident, part.description, object: whole.description, note: reason)
      let insert = try connection.prepare("INSERT INTO incident_join VALUES (?1, ?2, ?3)")
      try insert.bind([.count(number), .id(part), .id(whole)])
      try insert.run()
      return .done(act: number, member: part, head: whole)
    }
  }

  /// Takes an incident, and what was merged into it before, out of the one into which it was merged.
  package func unmerge(_ member: ClusterID, reason: String) throws(ArchiveError) -> JoinOutcome {
    try act { () throws(SQLiteError) in
      let live = try LiveIncidents(on: connection)
      guard let part = try live.incident(of: member) else { return .gone(member) }
      let tree = try tidiedTree()
      guard let above = tree.heads[part] else { return .notMerged(members: tree.members(of: part)) }
      let number = try append(.unmerge, .incident, part.description, object: above.description, note: reason)
      let select = try connection.prepare("SELECT act, member FROM incident_join ORDER BY act")
      var acts: [UInt64] = []
      while try select.step() {
        if let id = ClusterID(select.text(1) ?? ""), try live.incident(of: id) == part { acts.append(select.count(0)) }
      }
      try delete(acts)
      return .done(act: number, member: part, head: above)
    }
  }

  /// The merges that stand; those that join nothing any more are let go of.
  private func tidiedTree() throws(SQLiteError) -> JoinTree {
    let tree = try JoinTree(on: connection)
    try delete(tree.idle)
    return tree
  }

  private func delete(_ acts: [UInt64]) throws(SQLiteError) {
    let delete = try connection.prepare("DELETE FROM incident_join WHERE act = ?1")
    for act in acts {
      try delete.bind([.count(act)])
      try delete.run()
    }
  }
}
