import Engine
import Reports
import SQLite

/// The store's values in a row. A file that others have changed gives other values, never a crash.
extension Statement {
  func timestamp(_ column: Int32) -> Timestamp { Timestamp(microseconds: integer(column) ?? 0) }

  func count(_ column: Int32) -> UInt64 { UInt64(clamping: integer(column) ?? 0) }

  /// Degrees to 10⁻⁷ degrees, to the nearest; what does not fit becomes the nearest that does.
  func degreesE7(_ column: Int32) -> Int32 {
    let value = ((double(column) ?? 0) * 1e7).rounded()
    return Int32(max(Double(Int32.min), min(Double(Int32.max), value)))
  }

  /// Five counts in a row of columns.
  func ledger(from column: Int32) -> Ledger {
    var ledger = Ledger()
    ledger.received = count(column)
    ledger.accepted = count(column + 1)
    ledger.duplicate = count(column + 2)
    ledger.late = count(column + 3)
    ledger.rejected = count(column + 4)
    return ledger
  }
}

extension ClusterSummary.CellCount {
  /// Reads a cell, its reports and its witnesses.
  init(_ statement: borrowing Statement, from column: Int32) {
    self.init(
      cell: CellID(rawValue: UInt64(bitPattern: statement.integer(column) ?? -1)),
      reportCount: statement.count(column + 1), witnessCount: statement.count(column + 2))
  }
}
