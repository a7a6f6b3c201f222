package import Reports

/// A closed line of corners, straight in degrees between them as in GeoJSON, the shorter way round the Earth.
///
/// A ring that goes round a pole holds the pole that it lies nearer to on average. On the border, what lies to the north or the east
/// is outside, so that of two areas that share a border only one holds a place on it.
package struct AreaRing: Equatable, Sendable {
  /// Why corners make no ring.
  package enum Flaw: Error, Equatable, Sendable {
    /// Fewer than three different corners, or all on one line.
    case flat
    /// Two neighbours that lie 180° apart: which way round is not said.
    case halfTurn(Coordinate, Coordinate)
    /// Goes round the Earth with as much of it to the north as to the south.
    case equator
  }

  /// Without the first one again at the end.
  package let corners: [Coordinate]
  /// Whether it goes round the Earth with the north pole inside.
  private let holdsNorthPole: Bool
  /// A box that holds it; of all longitudes where it goes round the Earth or is as wide.
  package let boundingBox: BoundingBox

  private static let circleE7: Int64 = 3_600_000_000

  /// - Complexity: O(corners).
  package init(_ given: [Coordinate]) throws(Flaw) {
    var corners: [Coordinate] = []
    for corner in given where corners.last != corner { corners.append(corner) }
    if corners.count > 1, corners.first == corners.last { corners.removeLast() }
    guard corners.count >= 3 else { throw .flat }
    var (at, least, greatest): (Int64, Int64, Int64) = (0, 0, 0)
    // Twice the mean latitude times the turn, in 10⁻¹⁴ square degrees: at most 1,000 corners of 6.5 · 10¹⁸ each.
    var north: Double = 0
    var isFlat = true
    var first: (east: Int64, north: Int64)?
    for (index, from) in corners.enumerated() {
      let to = corners[(index + 1) % corners.count]
      let east = Self.turnE7(from, to)
      guard abs(east) != Self.circleE7 / 2 else { throw .halfTurn(from, to) }
      north += Double(east) * Double(Int64(from.latitudeE7) + Int64(to.latitudeE7))
      at += east
      (least, greatest) = (min(least, at), max(greatest, at))
      let step = (east: east, north: Int64(to.latitudeE7) - Int64(from.latitudeE7))
      if let first {
        if first.east * step.north != first.north * step.east { isFlat = false }
      } else if step != (0, 0) {
        first = step
      }
    }
    guard !isFlat || at != 0 else { throw .flat }
    if at != 0 && north == 0 { throw .equator }
    // Eastwards round the Earth a northern mean is positive, westwards negative.
    holdsNorthPole = at != 0 && (north > 0) == (at > 0)
    let holdsSouthPole = at != 0 && !holdsNorthPole
    let latitudes = corners.map(\.latitudeE7)
    let start = Int64(corners[0].longitudeE7)
    let isWide = at != 0 || greatest - least >= Self.circleE7
    boundingBox = BoundingBox(
      westE7: isWide ? -1_800_000_000 : Self.wrapped(start + least),
      southE7: holdsSouthPole ? -900_000_000 : latitudes.min() ?? 0,
      eastE7: isWide ? 1_800_000_000 : Self.wrapped(start + greatest),
      northE7: holdsNorthPole ? 900_000_000 : latitudes.max() ?? 0)
    self.corners = corners
  }

  /// Whether a place lies inside, by the even-odd rule along its meridian to the north pole; exact.
  ///
  /// - Complexity: O(corners).
  package func contains(_ place: Coordinate) -> Bool {
    var isInside = holdsNorthPole
    for index in corners.indices {
      let (from, to) = (corners[index], corners[index + 1 == corners.count ? 0 : index + 1])
      let width = Self.turnE7(from, to)
      // Western ends count, eastern ones do not.
      let western = width >= 0 ? from : to
      let eastern = width >= 0 ? to : from
      let offset = Self.eastwardsE7(western, place)
      guard offset < abs(width) else { continue }
      // Each product is below 1.8 · 10⁹ × 1.8 · 10⁹.
      let rise = Int64(place.latitudeE7) - Int64(western.latitudeE7)
      let slope = Int64(eastern.latitudeE7) - Int64(western.latitudeE7)
      if rise * abs(width) < slope * offset { isInside.toggle() }
    }
    return isInside
  }

  /// How far `to` lies to the east of `from`, −180° … 180°.
  private static func turnE7(_ from: Coordinate, _ to: Coordinate) -> Int64 {
    let east = eastwardsE7(from, to)
    return east > circleE7 / 2 ? east - circleE7 : east
  }

  /// The same, 0 … 360°.
  private static func eastwardsE7(_ from: Coordinate, _ to: Coordinate) -> Int64 {
    let east = (Int64(to.longitudeE7) - Int64(from.longitudeE7)) % circleE7
    return east < 0 ? east + circleE7 : east
  }

  private static func wrapped(_ longitudeE7: Int64) -> Int32 {
    let east = (longitudeE7 + circleE7 / 2) % circleE7
    return Int32((east < 0 ? east + circleE7 : east) - circleE7 / 2)
  }
}
