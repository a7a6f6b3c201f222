package import Engine
package import Reports

/// A cell with all its hours added up.
package struct CellRow: Equatable, Sendable {
  package let cell: CellID
  package let box: BoundingBox
  package let total: CellTotals.Total
}
