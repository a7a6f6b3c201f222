import Engine
package import Reports
import SQLite

/// Adds up hours cell by cell: in memory as far as a bound, beyond it in a temporary table.
package struct CellTotals: ~Copyable {
  /// What the hours of a cell add up to.
  package struct Total: Equatable, Sendable {
    package fileprivate(set) var reportCount: UInt64 = 0
    package fileprivate(set) var witnessCount: UInt64 = 0
    /// Hours since the epoch.
    fileprivate(set) var firstHour: Int32 = .max
    fileprivate(set) var lastHour: Int32 = .min

    /// When the first hour begins, and when the last one ends.
    package var firstAt: Timestamp { Timestamp(seconds: Int64(firstHour) * 3_600) }
    package var lastAt: Timestamp { Timestamp(seconds: (Int64(lastHour) + 1) * 3_600) }
  }

  package static let heldCount = 65_536

  private var held: [CellID: Total] = [:]
  private var hasTable = false

  private let heldCount: Int

  /// - Parameter heldCount: Cells that are held in memory.
  package init(heldCount: Int = heldCount) { self.heldCount = heldCount }

  mutating func add(_ rollup: RollupRow, on connection: borrowing Connection) throws(ArchiveError) {
    guard rollup.cell != .nowhere else { return }
    held[rollup.cell, default: Total()].add(rollup)
    if held.count >= heldCount { try spill(on: connection) }
  }

  /// Moves what is held into the table.
  private mutating func spill(on connection: borrowing Connection) throws(ArchiveError) {
    let isNew = !hasTable
    hasTable = true
    let cells = held
    held.removeAll(keepingCapacity: true)
    try storing { () throws(SQLiteError) in
      if isNew {
        try connection.execute(
          """
          DROP TABLE IF EXISTS temp.cell_total;
          CREATE TEMP TABLE cell_total (
            cell INTEGER PRIMARY KEY, report_count INTEGER, witness_count INTEGER, first_hour INTEGER, last_hour INTEGER)
          """)
      }
      let put = try connection.prepare(
        """
        INSERT INTO temp.cell_total VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET
          report_count = report_count + excluded.report_count, witness_count = witness_count + excluded.witness_count,
          first_hour = min(first_hour, excluded.first_hour), last_hour = max(last_hour, excluded.last_hour)
        """)
      for (cell, total) in cells.sorted(by: { $0.key < $1.key }) {
        try put.bind(bitPattern: cell.rawValue, at: 1)
        try put.bind(Int64(clamping: total.reportCount), at: 2)
        try put.bind(Int64(clamping: total.witnessCount), at: 3)
        try put.bind(Int64(total.firstHour), at: 4)
        try put.bind(Int64(total.lastHour), at: 5)
        try put.run()
      }
    }
  }

  /// Tells every total, ascending by cell; `body` says whether it counts against the limit.
  mutating func forEach(
    on connection: borrowing Connection, limit: Int, _ body: (CellID, Total) throws -> Bool
  ) throws {
    try spill(on: connection)
    let select = try storing { () throws(SQLiteError) in
      try connection.prepare("SELECT cell, report_count, witness_count, first_hour, last_hour FROM temp.cell_total ORDER BY cell")
    }
    var left = limit
    while left > 0, try storing({ () throws(SQLiteError) in try select.step() }) {
      let counts = ClusterSummary.CellCount(select, from: 0)
      let total = Total(
        reportCount: counts.reportCount, witnessCount: counts.witnessCount,
        firstHour: Int32(clamping: select.integer(3) ?? 0), lastHour: Int32(clamping: select.integer(4) ?? 0))
      if try body(counts.cell, total) { left -= 1 }
    }
  }
}

extension CellTotals.Total {
  fileprivate mutating func add(_ rollup: RollupRow) {
    reportCount += rollup.reportCount
    witnessCount += rollup.witnessCount
    firstHour = min(firstHour, rollup.hour)
    lastHour = max(lastHour, rollup.hour)
  }
}
