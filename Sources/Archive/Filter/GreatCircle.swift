import Engine
import Glibc
package import Reports

/// Distances on the sphere of WGS 84's authalic radius, the one whose surface is as large as the ellipsoid's.
package enum GreatCircle {
  static let radiusMeters = CellGrid.earthRadiusMeters

  /// The distance along the surface by the haversine formula (Sinnott 1984), in the form that holds at antipodes too.
  package static func meters(_ a: Coordinate, _ b: Coordinate) -> Double {
    let degree = Double.pi / 180
    let halfNorth = sin((b.latitude - a.latitude) * degree / 2)
    // Whole turns are taken off while the difference is exact, so that 180° and −180° are nowhere apart.
    let eastE7 = (Int64(b.longitudeE7) - Int64(a.longitudeE7)) % 3_600_000_000
    let halfEast = sin(Double(eastE7) / 1e7 * degree / 2)
    let haversine = halfNorth * halfNorth + cos(a.latitude * degree) * cos(b.latitude * degree) * halfEast * halfEast
    return 2 * radiusMeters * atan2(haversine.squareRoot(), max(1 - haversine, 0).squareRoot())
  }

  /// The direction in which `b` lies from `a` at first, in degrees clockwise from north, 0 ..< 360 (Williams, "Aviation Formulary",
  /// course between points).
  package static func bearingDegrees(_ a: Coordinate, _ b: Coordinate) -> Double {
    let degree = Double.pi / 180
    let east = Double((Int64(b.longitudeE7) - Int64(a.longitudeE7)) % 3_600_000_000) / 1e7 * degree
    let (from, to) = (a.latitude * degree, b.latitude * degree)
    let bearing = atan2(sin(east) * cos(to), cos(from) * sin(to) - sin(from) * cos(to) * cos(east)) / degree
    return bearing < 0 ? min(bearing + 360, 359.999_999_999) : bearing
  }
}
