import Glibc
package import Reports

/// What an index can tell of a place filter: degrees that hold every match, and some more.
///
/// Matches lie between `south` and `north`, and in one of the two ranges of longitude or on the ±180° meridian.
struct PlaceBand {
  var south: Double
  var north: Double
  var longitudes: (ClosedRange<Double>, ClosedRange<Double>)

  /// Coordinates are in 10⁻⁷ degrees, so rounding moves a match by less than this.
  private static let slackDegrees = 1e-6

  /// The band around a circle on the sphere; all longitudes where it reaches a pole. Nil where nothing lies within the radius.
  init?(_ near: ClusterFilter.Near) {
    guard near.radiusMeters >= 0 else { return nil }
    let degree = Double.pi / 180
    let angle = near.radiusMeters / GreatCircle.radiusMeters
    let latitude = near.center.latitude
    south = latitude - angle / degree - Self.slackDegrees
    north = latitude + angle / degree + Self.slackDegrees
    guard south > -90, north < 90 else {
      longitudes = (-180...180, -180...180)
      return
    }
    // The meridians that touch the circle: Bronshtein & Semendyayev, right spherical triangle, sin Δλ = sin δ / cos φ.
    let width = asin(min(sin(angle) / cos(latitude * degree), 1)) / degree + Self.slackDegrees
    let west = near.center.longitude - width
    let east = near.center.longitude + width
    if west < -180 {
      longitudes = (-180...min(east, 180), min(west + 360, 180)...180)
    } else if east > 180 {
      longitudes = (west...180, -180...max(east - 360, -180))
    } else {
      longitudes = (west...east, west...east)
    }
  }

  /// The band of a box; nil where its south lies above its north.
  init?(_ box: BoundingBox) {
    guard box.southE7 <= box.northE7 else { return nil }
    south = Double(box.southE7) / 1e7
    north = Double(box.northE7) / 1e7
    let west = Double(box.westE7) / 1e7
    let east = Double(box.eastE7) / 1e7
    if west <= east {
      longitudes = (west...east, west...east)
    } else {
      longitudes = (min(west, 180)...180, -180...max(east, -180))
    }
  }
}

extension ClusterFilter {
  var hasPlace: Bool { near != nil || boundingBox != nil }

  /// The band of `near`, else of `boundingBox`; nil without either, and where they admit nothing.
  var band: PlaceBand? { near.map { PlaceBand($0) } ?? boundingBox.flatMap { PlaceBand($0) } }

  /// Whether a centroid satisfies `near` and `boundingBox`, exactly.
  package func admits(_ place: Coordinate) -> Bool {
    if !hasPlace { return true }
    guard abs(Int64(place.longitudeE7)) <= 1_800_000_000 else { return false }
    if let near, !(GreatCircle.meters(near.center, place) <= near.radiusMeters) { return false }
    return boundingBox?.contains(place) ?? true
  }
}

extension BoundingBox {
  /// Whether a place lies in the box, edges included; 180° and −180° are the same meridian.
  fileprivate func contains(_ place: Coordinate) -> Bool {
    guard southE7 <= place.latitudeE7, place.latitudeE7 <= northE7 else { return false }
    if holds(longitudeE7: place.longitudeE7) { return true }
    return abs(place.longitudeE7) == 1_800_000_000 && holds(longitudeE7: -place.longitudeE7)
  }

  private func holds(longitudeE7: Int32) -> Bool {
    westE7 <= eastE7
      ? westE7 <= longitudeE7 && longitudeE7 <= eastE7
      : longitudeE7 >= westE7 || longitudeE7 <= eastE7
  }
}
