import Reports

#if canImport(Glibc)
  import Glibc
#endif

/// Porthaven, a harbour city that does not exist: a disc of homes with some denser spots.
struct City {
  static let latitude = 44.25
  static let longitude = -68.25
  static let radiusMeters = 15_000.0
  /// Hours that the city's clock is behind UTC.
  static let hoursBehindUTC: Int64 = 5
  /// How lively each hour of the local day is, of 1.
  static let hourlyActivity = [
    0.16, 0.11, 0.08, 0.07, 0.09, 0.2, 0.42, 0.7, 0.92, 1, 1, 0.97, 0.94, 0.94, 0.95, 0.97, 1, 0.98, 0.9, 0.76, 0.6, 0.45, 0.33,
    0.23,
  ]

  private static let metersPerDegree = 111_195.0
  private static let spotShare = 0.35
  private static let spotRadiusMeters = 1_900.0

  private let spots: [Coordinate]

  init(using random: inout SplitMix64) {
    spots = (0..<18).map { _ in Self.place(near: Self.center, radiusMeters: 11_000, using: &random) }
  }

  static var center: Coordinate { place(northMeters: 0, eastMeters: 0, of: nil) }

  /// Where a report of the background comes from.
  func place(using random: inout SplitMix64) -> Coordinate {
    guard random.chance(Self.spotShare) else {
      return Self.place(near: Self.center, radiusMeters: Self.radiusMeters, using: &random)
    }
    return Self.place(around: random.choice(spots), radiusMeters: Self.spotRadiusMeters, using: &random)
  }

  /// A place in a disc, all of it equally likely.
  static func place(near center: Coordinate, radiusMeters: Double, using random: inout SplitMix64) -> Coordinate {
    place(at: radiusMeters * random.unit().squareRoot(), of: center, using: &random)
  }

  /// A place in a disc, denser towards its middle: every distance is equally likely.
  static func place(around center: Coordinate, radiusMeters: Double, using random: inout SplitMix64) -> Coordinate {
    place(at: radiusMeters * random.unit(), of: center, using: &random)
  }

  private static func place(at distance: Double, of center: Coordinate, using random: inout SplitMix64) -> Coordinate {
    let angle = 2 * Double.pi * random.unit()
    return place(northMeters: distance * sin(angle), eastMeters: distance * cos(angle), of: center)
  }

  /// A place beside another, rounded to 10⁻⁵ degrees (about a metre), as telephones do.
  private static func place(northMeters: Double, eastMeters: Double, of origin: Coordinate?) -> Coordinate {
    let latitude = (origin?.latitude ?? Self.latitude) + northMeters / metersPerDegree
    let longitude = (origin?.longitude ?? Self.longitude) + eastMeters / (metersPerDegree * cos(Self.latitude * .pi / 180))
    // All of the city lies far from the poles and the antimeridian, so that nothing is out of range.
    return Coordinate(
      latitudeE7: Int32((latitude * 1e5).rounded()) * 100, longitudeE7: Int32((longitude * 1e5).rounded()) * 100)
  }

  /// Metres between two places (haversine on the sphere of `metersPerDegree`).
  static func distanceMeters(_ a: Coordinate, _ b: Coordinate) -> Double {
    let radians = Double.pi / 180
    let (north, east) = ((b.latitude - a.latitude) * radians, (b.longitude - a.longitude) * radians)
    let half =
      sin(north / 2) * sin(north / 2) + cos(a.latitude * radians) * cos(b.latitude * radians) * sin(east / 2) * sin(east / 2)
    return 2 * metersPerDegree / radians * asin(min(1, half.squareRoot()))
  }
}
