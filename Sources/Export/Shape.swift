package import Reports

/// Where a feature lies: a point, or a box of degrees that is cut in two where it crosses the antimeridian (RFC 7946 §3.1.9).
package enum Shape: Equatable, Sendable {
  case point(Coordinate)
  /// Each with its west at or below its east; the second, where there is one, begins at −180°.
  case area(BoundingBox, BoundingBox?)

  /// Sides below this are drawn as long, so that a box of a single place still is a polygon: about eleven metres.
  package static let leastSideE7: Int32 = 1_000

  private static let eastmostE7: Int32 = 1_800_000_000
  private static let northmostE7: Int32 = 900_000_000

  /// The area of a box. Values beyond the poles and the antimeridian, which only a damaged file has, become the nearest that are.
  package init(area box: BoundingBox) {
    let (south, north) = Self.widened(box.southE7, box.northE7, within: Self.northmostE7)
    let west = max(-Self.eastmostE7, min(Self.eastmostE7, box.westE7))
    let east = max(-Self.eastmostE7, min(Self.eastmostE7, box.eastE7))
    func part(_ west: Int32, _ east: Int32) -> BoundingBox {
      let (west, east) = Self.widened(west, east, within: Self.eastmostE7)
      return BoundingBox(westE7: west, southE7: south, eastE7: east, northE7: north)
    }
    // What only touches the antimeridian lies on one side of it.
    if west <= east || east == -Self.eastmostE7 {
      self = .area(part(west, west <= east ? east : Self.eastmostE7), nil)
    } else if west == Self.eastmostE7 {
      self = .area(part(-Self.eastmostE7, east), nil)
    } else {
      self = .area(part(west, Self.eastmostE7), part(-Self.eastmostE7, east))
    }
  }

  /// Two edges at least `leastSideE7` apart, about the same middle as far as the bounds allow.
  private static func widened(_ low: Int32, _ high: Int32, within bound: Int32) -> (Int32, Int32) {
    let (low, high) = (Int64(min(low, high)), Int64(max(low, high)))
    guard high - low < Int64(leastSideE7) else { return (Int32(max(low, -Int64(bound))), Int32(min(high, Int64(bound)))) }
    let begin = max(-Int64(bound), min(Int64(bound) - Int64(leastSideE7), (low + high - Int64(leastSideE7)) / 2))
    return (Int32(begin), Int32(begin + Int64(leastSideE7)))
  }

  /// Its box as RFC 7946 §5.2 has it: the west is greater than the east where it crosses the antimeridian.
  package var boundingBox: BoundingBox {
    switch self {
    case .point(let place):
      BoundingBox(place)
    case .area(let first, let second):
      BoundingBox(westE7: first.westE7, southE7: first.southE7, eastE7: second?.eastE7 ?? first.eastE7, northE7: first.northE7)
    }
  }

  /// Least and greatest numbers of its coordinates, for planes that know no antimeridian.
  package var extent: BoundingBox {
    guard case .area(let first, .some) = self else { return boundingBox }
    return BoundingBox(
      westE7: -Self.eastmostE7, southE7: first.southE7, eastE7: Self.eastmostE7, northE7: first.northE7)
  }
}

extension BoundingBox {
  /// The least box around both, of boxes that do not cross the antimeridian.
  func union(_ other: BoundingBox) -> BoundingBox {
    BoundingBox(
      westE7: min(westE7, other.westE7), southE7: min(southE7, other.southE7), eastE7: max(eastE7, other.eastE7),
      northE7: max(northE7, other.northE7))
  }
}
