package import Render

/// One kind of features: what it is called and what each of its rows holds.
package struct Layer: Sendable {
  /// What a row says beside its cells.
  package enum Geometry: String, Sendable {
    case point = "POINT"
    /// Areas that cross the antimeridian have two polygons, so that all have this type.
    case multiPolygon = "MULTIPOLYGON"
  }

  /// What a cell of a column is where it is not missing.
  package enum Kind: Equatable, Sendable {
    case text, integer, number, flag, time
    /// Latitude and longitude.
    case place
    /// West, south, east and north.
    case box
  }

  /// A column of flat formats: places and boxes are several.
  struct Field: Equatable, Sendable {
    let name: String
    let kind: Kind
  }

  /// The table in a GeoPackage.
  package let name: String
  /// What a row is, in a sentence.
  package let says: String
  /// Nil for rows that have no place.
  package let geometry: Geometry?
  package let columns: [Column]
  package let kinds: [Kind]
  package let placeColumn: String?
  package let boxColumn: String?
  package let idColumn: String?

  /// A layer whose columns have these kinds, in the same order.
  package init(
    _ name: String, says: String, geometry: Geometry?, columns: [Column], kinds: [Kind], placeColumn: String? = nil,
    boxColumn: String? = nil, idColumn: String? = nil
  ) {
    precondition(columns.count == kinds.count, "a column has one kind")
    self.name = name
    self.says = says
    self.geometry = geometry
    self.columns = columns
    self.kinds = kinds
    self.placeColumn = placeColumn
    self.boxColumn = boxColumn
    self.idColumn = idColumn
  }

  /// A table of the same columns, without rows.
  package var table: Table { Table(columns: columns, placeColumn: placeColumn, boxColumn: boxColumn, idColumn: idColumn) }

  /// What its rows are where every column is a number, a text or the like.
  var fields: [Field] {
    zip(columns, kinds).flatMap { column, kind in
      switch kind {
      case .place: ["latitude", "longitude"].map { Field(name: $0, kind: .number) }
      case .box: ["west", "south", "east", "north"].map { Field(name: $0, kind: .number) }
      default: [Field(name: column.name, kind: kind)]
      }
    }
  }
}
