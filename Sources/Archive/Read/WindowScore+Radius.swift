package import Engine
import Reports

extension WindowScore {
  /// How far the window reaches: half its side, and for the whole area half the diagonal of the box of its reports.
  package var radiusMeters: Double {
    guard isWholeArea else { return sideMeters / 2 }
    let southWest = Coordinate(latitudeE7: box.southE7, longitudeE7: box.westE7)
    let northEast = Coordinate(latitudeE7: box.northE7, longitudeE7: box.eastE7)
    return GreatCircle.meters(southWest, northEast) / 2
  }
}
