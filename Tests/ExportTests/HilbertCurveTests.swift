import Export
import Reports
import TestSupport
import Testing

struct HilbertCurveTests {
  /// A curve: steps go from a square to one beside it, and no square is visited twice. Looked at in a corner and about random squares.
  @Test(arguments: 0..<16 as Range<UInt64>) func neighboursOnTheCurveAreNeighbours(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let side: UInt32 = 64
    // A square of a power of two, at a multiple of its side, is one run of the curve.
    let west = seed == 0 ? 0 : UInt32.random(in: 0..<65_536 / side, using: &generator) * side
    let south = seed == 0 ? 0 : UInt32.random(in: 0..<65_536 / side, using: &generator) * side
    var squares: [(position: Int64, x: UInt32, y: UInt32)] = []
    for x in west..<west + side {
      for y in south..<south + side { squares.append((HilbertCurve.position(x: x, y: y), x, y)) }
    }
    squares.sort { $0.position < $1.position }
    let breaks = zip(squares, squares.dropFirst()).filter { square, next in
      let distance = abs(Int64(next.x) - Int64(square.x)) + abs(Int64(next.y) - Int64(square.y))
      return next.position != square.position + 1 || distance != 1
    }
    #expect(breaks.isEmpty, "seed \(seed): \(breaks.prefix(3))")
  }

  @Test func theCornersOfTheEarthAreOnIt() {
    let last = Int64(1) << 32
    for (latitude, longitude) in [(-900_000_000, -1_800_000_000), (900_000_000, 1_800_000_000), (0, 0), (Int32.max, Int32.min)] {
      let position = HilbertCurve.position(of: Coordinate(latitudeE7: Int32(latitude), longitudeE7: Int32(longitude)))
      #expect((0..<last).contains(position))
    }
  }
}
