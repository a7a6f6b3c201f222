package import Reports

/// The curve through a square of 2¹⁶ by 2¹⁶ that keeps neighbours near each other (Hilbert 1891).
package enum HilbertCurve {
  private static let order = 16

  /// Where on the curve a place comes, the whole Earth being the square.
  package static func position(of place: Coordinate) -> Int64 {
    position(
      x: UInt32(clamping: (Int64(place.longitudeE7) + 1_800_000_000) * 65_535 / 3_600_000_000),
      y: UInt32(clamping: (Int64(place.latitudeE7) + 900_000_000) * 65_535 / 1_800_000_000))
  }

  /// Coordinates of 16 bits; by quadrants, each turned so that its curve begins where the last one ended.
  package static func position(x: UInt32, y: UInt32) -> Int64 {
    var (x, y, position) = (x, y, Int64(0))
    for level in (0..<order).reversed() {
      let side = UInt32(1) << UInt32(level)
      let (right, upper) = (x & side != 0, y & side != 0)
      position += Int64(side) * Int64(side) * (right ? (upper ? 2 : 3) : (upper ? 1 : 0))
      x &= side - 1
      y &= side - 1
      if !upper {
        if right { (x, y) = (side - 1 - x, side - 1 - y) }
        (x, y) = (y, x)
      }
    }
    return position
  }
}
