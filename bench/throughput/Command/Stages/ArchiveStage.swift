import Archive
import Configuration
import Engine
import Journal
import Platform
import Reports
import SQLite
import Service

/// Drained changes → SQLite, beside plain upserts of 200 bytes, 10,000 in a transaction.
enum ArchiveStage {
  /// Batches between two drains.
  static let drainCount = 256
  private static let upsertCount = 10_000

  static func run(_ batches: [ReportBatch], _ positions: [Range<UInt64>], folder: String, into report: inout BenchReport) throws {
    var engine = Engine(settings: BenchStore.engineSettings)
    let path = folder + "/archive"
    try FileSystem.makeDirectories(path)
    var writer = try ArchiveWriter(
      folder: path, storeID: BenchStore.identity.journalID.description, settingsFingerprint: BenchStore.configuration.fingerprint,
      profileNames: BenchStore.configuration.engine.profiles.map(\.name))
    let places = Dictionary(uniqueKeysWithValues: positions.enumerated().map { ($1.lowerBound, $0) })
    var usage = Usage()
    var rowCount = 0
    for (index, batch) in batches.enumerated() {
      _ = engine.apply(batch, at: positions[index])
      guard index % drainCount == drainCount - 1 || index == batches.count - 1 else { continue }
      let changes = engine.drain()
      rowCount += changes.rollups.count + changes.history.count + changes.episodes.count + changes.incidents.count
      rowCount += changes.clusters.reduce(0) { $0 + 1 + $1.cells.count + $1.samples.count }
      usage =
        usage
        + (try Usage.of { () throws(ArchiveError) in
          try writer.apply(changes) { reference in
            guard let place = places[reference.position] else { return nil }
            let (batch, row) = (batches[place], Int(reference.row))
            return (
              Array(batch.arena[batch.sources[row].range]), Array(batch.arena[batch.ids[row].range]),
              Array(batch.arena[batch.texts[row].range])
            )
          }
        })
    }
    let count = batches.reduce(0) { $0 + $1.count }
    let floor = try floor(folder)
    report.add("archive", usage, of: count)
    report.add(Figure("archive", "rows", "rows/event", Double(rowCount) / Double(max(1, count))))
    report.add(
      Figure(
        "archive", "CPU a row", "ns/row", usage.cpuNanoseconds(per: rowCount),
        floor: ("plain upsert", floor.cpuNanoseconds(per: upsertCount))))
    report.add(
      Figure(
        "archive", "rate of rows", "rows/s", usage.perSecond(rowCount), floor: ("plain upsert", floor.perSecond(upsertCount))))
    report.add("summaries", "archive", try Fold.summaries(inFolder: path))
  }

  /// The second of two transactions of the same keys: half of what follows a start is new, half is not.
  private static func floor(_ folder: String) throws -> Usage {
    let connection = try Connection(path: folder + "/floor.sqlite", mode: .create)
    try connection.execute(
      """
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE summary (id TEXT PRIMARY KEY, at INTEGER, count INTEGER, text TEXT) WITHOUT ROWID
      """)
    let upsert = try connection.prepare(
      """
      INSERT INTO summary VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET at = excluded.at, count = excluded.count,
      text = excluded.text
      """)
    let text = String(repeating: "x", count: 160)
    var usage = Usage()
    for round in 0..<2 {
      usage = try Usage.of { () throws(SQLiteError) in
        try connection.execute("BEGIN IMMEDIATE")
        for number in 0..<upsertCount {
          // In no order, as ids are that are hashes.
          try upsert.bind(String(UInt64(number + round * upsertCount / 2) &* 0x9e37_79b9_7f4a_7c15, radix: 32), at: 1)
          try upsert.bind(Int64(round), at: 2)
          try upsert.bind(Int64(number), at: 3)
          try upsert.bind(text, at: 4)
          try upsert.run()
        }
        try connection.execute("COMMIT")
      }
    }
    return usage
  }
}
