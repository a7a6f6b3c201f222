import Engine
import Reports
import SQLite

/// Writes sample texts, of clusters or of episodes: `cluster_sample`, `episode_sample`.
struct SampleTable: ~Copyable {
  /// A stored sample's place in the journal and among the others, and what changes of it.
  private struct Stored {
    let position: Int64
    let row: Int64
    let rank: Int64
    let nearDuplicateCount: Int64
  }

  private let read: Statement
  private let insert: Statement
  private let move: Statement
  private let delete: Statement
}

extension SampleTable {
  /// Prepares the statements for `<parent>_sample`.
  init(of parent: String, on connection: borrowing Connection) throws(SQLiteError) {
    let key = "\(parent) = ?1 AND journal_position = ?2 AND journal_row = ?3"
    try self.init(
      read: connection.prepare(
        "SELECT journal_position, journal_row, rank, near_duplicate_count FROM \(parent)_sample WHERE \(parent) = ?1"),
      insert: connection.prepare(
        """
        INSERT INTO \(parent)_sample (
          \(parent), journal_position, journal_row, rank, near_duplicate_count, source, report_id, reported_at, text
        ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """),
      move: connection.prepare("UPDATE \(parent)_sample SET rank = ?4, near_duplicate_count = ?5 WHERE \(key)"),
      delete: connection.prepare("DELETE FROM \(parent)_sample WHERE \(key)"))
  }

  /// Makes the stored samples equal to the given ones. Only texts that are not stored yet are asked for; one that the journal
  /// no longer holds (nil) is left out, as is one of a report before `bound`.
  func write(
    _ samples: [ClusterSummary.SampleReference], of id: [UInt8], since bound: Timestamp?,
    _ fetch: (ClusterSummary.SampleReference) throws -> (source: [UInt8], id: [UInt8], text: [UInt8])?
  ) throws(ArchiveError) {
    let stored = try storing { () throws(SQLiteError) in try readStored(of: id) }
    for old in stored where !samples.contains(where: { old.position == $0.storedPosition && old.row == Int64($0.row) }) {
      try storing { () throws(SQLiteError) in
        try bindKey(id, old.position, old.row, to: delete)
        try delete.run()
      }
    }
    for (index, sample) in samples.enumerated() {
      let rank = Int64(index)
      let position = sample.storedPosition
      let row = Int64(sample.row)
      if let known = stored.first(where: { $0.position == position && $0.row == row }) {
        if known.rank == rank && known.nearDuplicateCount == Int64(sample.nearDuplicateCount) { continue }
        try storing { () throws(SQLiteError) in
          try bindKey(id, position, row, to: move)
          try move.bind(rank, at: 4)
          try move.bind(Int64(sample.nearDuplicateCount), at: 5)
          try move.run()
        }
      } else {
        if let bound, sample.time < bound { continue }
        guard let report = try fetched(sample, fetch) else { continue }
        try storing { () throws(SQLiteError) in
          try bindKey(id, position, row, to: insert)
          try insert.bind(rank, at: 4)
          try insert.bind(Int64(sample.nearDuplicateCount), at: 5)
          try insert.bind(text: StoredText.repaired(report.source), at: 6)
          try insert.bind(text: StoredText.repaired(report.id), at: 7)
          try insert.bind(sample.time.microseconds, at: 8)
          try insert.bind(text: StoredText.repaired(report.text), at: 9)
          try insert.run()
        }
      }
    }
  }

  private func fetched(
    _ sample: ClusterSummary.SampleReference,
    _ fetch: (ClusterSummary.SampleReference) throws -> (source: [UInt8], id: [UInt8], text: [UInt8])?
  ) throws(ArchiveError) -> (source: [UInt8], id: [UInt8], text: [UInt8])? {
    do {
      return try fetch(sample)
    } catch {
      throw .sample(error)
    }
  }

  private func readStored(of id: [UInt8]) throws(SQLiteError) -> [Stored] {
    var stored: [Stored] = []
    try read.bind(text: id, at: 1)
    while try read.step() {
      stored.append(
        Stored(
          position: read.integer(0) ?? 0, row: read.integer(1) ?? 0, rank: read.integer(2) ?? 0,
          nearDuplicateCount: read.integer(3) ?? 0))
    }
    read.reset()
    return stored
  }

  private func bindKey(
    _ id: [UInt8], _ position: Int64, _ row: Int64, to statement: borrowing Statement
  ) throws(SQLiteError) {
    try statement.bind(text: id, at: 1)
    try statement.bind(position, at: 2)
    try statement.bind(row, at: 3)
  }
}

extension ClusterSummary.SampleReference {
  fileprivate var storedPosition: Int64 { Int64(clamping: position) }
}
