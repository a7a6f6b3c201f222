import Engine
import Reports
import SQLite

/// Writes sample texts, of clusters or of episodes: `cluster_sample`, `episode_sample`.
///
/// What is stored is compared with what is to be stored first, summary by summary; then the texts that are missing are read, in the
/// journal's order, so that each of its records is read once.
struct SampleTable: ~Copyable {
  /// A stored sample's place in the journal and among the others, and what changes of it.
  private struct Stored {
    let position: Int64
    let row: Int64
    let rank: Int64
    let nearDuplicateCount: Int64
  }

  /// A sample that is to be stored and is not there.
  struct Missing: BitwiseCopyable {
    fileprivate let parent: ClusterID
    fileprivate let rank: Int
    fileprivate let sample: ClusterSummary.SampleReference
  }

  /// A report's source, id and text.
  typealias Report = (source: [UInt8], id: [UInt8], text: [UInt8])

  /// Texts that are held at once, and bytes of them: then they are written, in the order of the table's key.
  private static let heldCount = 1 << 15
  private static let heldByteCount = 16 << 20

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

  /// Takes away the stored samples of a summary that are not among the given ones, moves those that are, and notes which are missing.
  /// Those of reports before `bound` are left out.
  func write(
    _ samples: [ClusterSummary.SampleReference], of id: ClusterID, since bound: Timestamp?, missing: inout [Missing]
  ) throws(SQLiteError) {
    let stored = try readStored(of: id)
    for old in stored where !samples.contains(where: { old.position == $0.storedPosition && old.row == Int64($0.row) }) {
      try bindKey(id, old.position, old.row, to: delete)
      try delete.run()
    }
    for (rank, sample) in samples.enumerated() {
      let position = sample.storedPosition
      let row = Int64(sample.row)
      guard let known = stored.first(where: { $0.position == position && $0.row == row }) else {
        if let bound, sample.time < bound { continue }
        missing.append(Missing(parent: id, rank: rank, sample: sample))
        continue
      }
      if known.rank == Int64(rank) && known.nearDuplicateCount == Int64(sample.nearDuplicateCount) { continue }
      try bindKey(id, position, row, to: move)
      try move.bind(Int64(rank), at: 4)
      try move.bind(Int64(sample.nearDuplicateCount), at: 5)
      try move.run()
    }
  }

  /// Stores what was missing. A text that the journal no longer holds (nil) is left out.
  ///
  /// - Parameter fetch: asked for texts in the order of the journal.
  func insert(
    _ missing: consuming [Missing], _ fetch: (ClusterSummary.SampleReference) throws -> Report?
  ) throws(ArchiveError) {
    missing.sort { ($0.sample.position, $0.sample.row, $0.parent) < ($1.sample.position, $1.sample.row, $1.parent) }
    var held: [(missing: Missing, report: Report)] = []
    var byteCount = 0
    for missing in missing {
      guard let report = try fetched(missing.sample, fetch) else { continue }
      held.append((missing, report))
      byteCount += report.source.count + report.id.count + report.text.count
      if held.count < Self.heldCount && byteCount < Self.heldByteCount { continue }
      try storing { () throws(SQLiteError) in try write(&held) }
      byteCount = 0
    }
    try storing { () throws(SQLiteError) in try write(&held) }
  }

  private func write(_ held: inout [(missing: Missing, report: Report)]) throws(SQLiteError) {
    // In the key's order each page is visited once. Those of one summary lie in the order of the journal already.
    let order = held.indices.sorted { (held[$0].missing.parent, $0) < (held[$1].missing.parent, $1) }
    for index in order {
      let (missing, report) = held[index]
      let sample = missing.sample
      try bindKey(missing.parent, sample.storedPosition, Int64(sample.row), to: insert)
      try insert.bind(Int64(missing.rank), at: 4)
      try insert.bind(Int64(sample.nearDuplicateCount), at: 5)
      try insert.bind(text: StoredText.repaired(report.source), at: 6)
      try insert.bind(text: StoredText.repaired(report.id), at: 7)
      try insert.bind(sample.time.microseconds, at: 8)
      try insert.bind(text: StoredText.repaired(report.text), at: 9)
      try insert.run()
    }
    held.removeAll(keepingCapacity: true)
  }

  private func fetched(
    _ sample: ClusterSummary.SampleReference, _ fetch: (ClusterSummary.SampleReference) throws -> Report?
  ) throws(ArchiveError) -> Report? {
    do {
      return try fetch(sample)
    } catch {
      throw .sample(error)
    }
  }

  private func readStored(of id: ClusterID) throws(SQLiteError) -> [Stored] {
    var stored: [Stored] = []
    try read.bind(id, at: 1)
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
    _ id: ClusterID, _ position: Int64, _ row: Int64, to statement: borrowing Statement
  ) throws(SQLiteError) {
    try statement.bind(id, at: 1)
    try statement.bind(position, at: 2)
    try statement.bind(row, at: 3)
  }
}

extension ClusterSummary.SampleReference {
  fileprivate var storedPosition: Int64 { Int64(clamping: position) }
}
