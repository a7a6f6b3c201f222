/// Rows of typed cells under described columns: what a renderer prints.
package struct Table: Equatable, Sendable {
  package let columns: [Column]
  /// Every row has one cell a column.
  package private(set) var rows: [[Cell]] = []
  /// The name of the column that is a feature's geometry in GeoJSON and `latitude`, `longitude` in CSV.
  package let placeColumn: String?
  /// The name of the column that is a feature's `bbox` in GeoJSON and `west`, `south`, `east`, `north` in CSV.
  package let boxColumn: String?
  /// The name of the column, of texts or integers, that is a feature's `id` in GeoJSON.
  package let idColumn: String?

  /// A table without rows.
  package init(columns: [Column], placeColumn: String? = nil, boxColumn: String? = nil, idColumn: String? = nil) {
    self.columns = columns
    self.placeColumn = placeColumn
    self.boxColumn = boxColumn
    self.idColumn = idColumn
  }

  /// Appends a row, which must have one cell a column.
  package mutating func append(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row has one cell a column")
    rows.append(row)
  }

  /// The same table with its rows in another order.
  package func reordered(_ indices: [Int]) -> Table {
    var table = self
    table.rows = indices.map { rows[$0] }
    return table
  }

  /// The same table with a last column, of a cell a row.
  package func appending(_ column: Column, _ cells: [Cell]) -> Table {
    precondition(cells.count == rows.count, "a row has one cell a column")
    var table = Table(columns: columns + [column], placeColumn: placeColumn, boxColumn: boxColumn, idColumn: idColumn)
    table.rows = zip(rows, cells).map { $0 + [$1] }
    return table
  }

  /// The same table with its first rows.
  package func prefix(_ count: Int) -> Table {
    var table = self
    table.rows.removeSubrange(min(count, rows.count)...)
    return table
  }
}
