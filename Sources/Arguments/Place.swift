package import Reports

/// Reads places and boxes as people type them, in degrees.
package enum Place {
  package static let expected = "LAT,LON in degrees, such as 42.36,-71.06"
  package static let expectedBox = "WEST,SOUTH,EAST,NORTH in degrees, such as -71.2,42.2,-71.0,42.4, south below north"

  /// A coordinate of `LAT,LON`.
  package static func coordinate(_ text: String) -> Coordinate? {
    guard let numbers = numbers(text, count: 2) else { return nil }
    return Coordinate(latitude: numbers[0], longitude: numbers[1])
  }

  /// Whether `LAT,LON` would be a place if its numbers were swapped: worth a hint.
  package static func looksSwapped(_ text: String) -> Bool {
    guard coordinate(text) == nil, let numbers = numbers(text, count: 2) else { return false }
    return Coordinate(latitude: numbers[1], longitude: numbers[0]) != nil
  }

  /// A box of `WEST,SOUTH,EAST,NORTH`; its west may be greater than its east, across the antimeridian, if it then takes up no more
  /// than half of the Earth.
  package static func box(_ text: String) -> BoundingBox? {
    guard let numbers = numbers(text, count: 4), numbers[1] <= numbers[3], !isNearlyRound(text),
      let southWest = Coordinate(latitude: numbers[1], longitude: numbers[0]),
      let northEast = Coordinate(latitude: numbers[3], longitude: numbers[2])
    else { return nil }
    return BoundingBox(
      westE7: southWest.longitudeE7, southE7: southWest.latitudeE7, eastE7: northEast.longitudeE7,
      northE7: northEast.latitudeE7)
  }

  package static let expectedPolygon =
    "three corners or more as LAT,LON with blanks between, such as \"42.3,-71.1 42.3,-71.0 42.4,-71.0\""

  /// The corners of `LAT,LON LAT,LON LAT,LON`; nil where one of them is no place.
  package static func corners(_ text: String) -> [Coordinate]? {
    var corners: [Coordinate] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == ";" || $0 == "\n" || $0 == "\t" }) {
      guard let corner = coordinate(String(word)) else { return nil }
      corners.append(corner)
    }
    return corners.count >= 3 ? corners : nil
  }

  private static func numbers(_ text: String, count: Int) -> [Double]? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      Double(part.drop { $0 == " " }).flatMap { $0.isFinite ? $0 : nil }
    }
    guard numbers.count == count, !numbers.contains(nil) else { return nil }
    return numbers.compactMap { $0 }
  }
}
