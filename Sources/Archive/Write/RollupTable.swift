import Engine
import Reports
import SQLite

/// Adds to the hourly counts: `rollup_hourly`.
struct RollupTable: ~Copyable {
  private let add: Statement
}

extension RollupTable {
  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      add: connection.prepare(
        """
        INSERT INTO rollup_hourly VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET
          report_count = report_count + excluded.report_count, witness_count = witness_count + excluded.witness_count
        """))
  }

  /// The hour that begins at a time, or holds it.
  static func hour(of time: Timestamp) -> Int64 { time.bin(ofMicroseconds: 3_600_000_000) }

  /// Adds increments; several for one keyword, hour and cell add up. Those of hours before a bound are left out.
  func write(_ rollups: [Changes.Rollup], since bound: Timestamp?) throws(SQLiteError) {
    let first = bound.map(Self.hour) ?? .min
    // In the key's order each page is visited once: up to half as fast again for large sets.
    let ordered = rollups.filter { $0.hour >= first }.sorted { ($0.keyword, $0.hour, $0.cell) < ($1.keyword, $1.hour, $1.cell) }
    for rollup in ordered {
      try add.bind(Int64(rollup.keyword), at: 1)
      try add.bind(Int64(rollup.hour), at: 2)
      try add.bind(bitPattern: rollup.cell.rawValue, at: 3)
      try add.bind(Int64(rollup.reportCount), at: 4)
      try add.bind(Int64(rollup.witnessCount), at: 5)
      try add.run()
    }
  }
}
