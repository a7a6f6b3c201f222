/// A cell of the grid: its row (from the south pole) and its column (from −180°, eastwards).
package struct CellID: BitwiseCopyable, Hashable, Comparable, Sendable {
  package var row: UInt32
  package var column: UInt32

  package init(row: UInt32, column: UInt32) {
    self.row = row
    self.column = column
  }

  /// Reports without a place.
  package static let nowhere = CellID(row: .max, column: .max)

  /// Row and column in one integer that keeps their order: what the store holds.
  package var rawValue: UInt64 { UInt64(row) << 32 | UInt64(column) }
  package init(rawValue: UInt64) { self.init(row: UInt32(rawValue >> 32), column: UInt32(truncatingIfNeeded: rawValue)) }

  package static func < (a: CellID, b: CellID) -> Bool { a.rawValue < b.rawValue }
}
