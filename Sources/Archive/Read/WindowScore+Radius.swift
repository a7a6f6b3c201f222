package import Engine
package import Reports

extension WindowScore {
  private static let earth = BoundingBox(
    westE7: -1_800_000_000, southE7: -900_000_000, eastE7: 1_800_000_000, northE7: 900_000_000)

  /// The box that the window covers; of a whole area, which the engine gives the Earth, the box of the reports, nil where none of them
  /// has a place.
  package func area(reports box: BoundingBox?) -> BoundingBox? { isWholeArea && self.box == Self.earth ? box : self.box }

  /// How far the window reaches: half its side, and for the whole area half the diagonal of `area`.
  package func radiusMeters(reports box: BoundingBox?) -> Double? {
    guard isWholeArea else { return sideMeters / 2 }
    guard let area = area(reports: box) else { return nil }
    let southWest = Coordinate(latitudeE7: area.southE7, longitudeE7: area.westE7)
    let northEast = Coordinate(latitudeE7: area.northE7, longitudeE7: area.eastE7)
    return GreatCircle.meters(southWest, northEast) / 2
  }
}
