import Export
import Reports
import TestSupport
import Testing

struct ShapeTests {
  private func box(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> BoundingBox {
    func e7(_ degrees: Double) -> Int32 { Int32((degrees * 1e7).rounded()) }
    return BoundingBox(westE7: e7(west), southE7: e7(south), eastE7: e7(east), northE7: e7(north))
  }

  @Test func aBoxIsOnePart() {
    let plain = box(-71.2, 42.2, -71, 42.4)
    #expect(Shape(area: plain) == .area(plain, nil))
    #expect(Shape(area: plain).boundingBox == plain && Shape(area: plain).extent == plain)
  }

  @Test func aBoxAcrossTheAntimeridianIsTwo() {
    let shape = Shape(area: box(179, -18, -178, -16))
    #expect(shape == .area(box(179, -18, 180, -16), box(-180, -18, -178, -16)))
    #expect(shape.boundingBox == box(179, -18, -178, -16), "west is greater than east (RFC 7946, 5.2)")
    #expect(shape.extent == box(-180, -18, 180, -16))
  }

  /// The antimeridian has two names: what only touches it is on one side.
  @Test func aBoxThatTouchesTheAntimeridianIsOnePart() {
    #expect(Shape(area: box(179, 1, 180, 2)) == .area(box(179, 1, 180, 2), nil))
    #expect(Shape(area: box(179, 1, -180, 2)) == .area(box(179, 1, 180, 2), nil))
    #expect(Shape(area: box(180, 1, -179, 2)) == .area(box(-180, 1, -179, 2), nil))
    #expect(Shape(area: box(-180, 1, 180, 2)) == .area(box(-180, 1, 180, 2), nil))
  }

  @Test func cellsAtThePolesAreBoxes() {
    for cell in [box(-180, 89.9, -60, 90), box(60, -90, 180, -89.9)] { #expect(Shape(area: cell) == .area(cell, nil)) }
  }

  /// No side is shorter than a polygon needs, everything lies on the Earth, and what was given lies inside.
  @Test(arguments: 0..<16 as Range<UInt64>) func everyAreaIsAPolygon(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func longitude() -> Int32 {
      [Int32.random(in: -1_800_000_000...1_800_000_000, using: &generator), 1_800_000_000, -1_800_000_000, 0]
        .randomElement(using: &generator) ?? 0
    }
    for _ in 0..<200 {
      let latitude =
        [Int32.random(in: -900_000_000...900_000_000, using: &generator), 900_000_000, -900_000_000]
        .randomElement(using: &generator) ?? 0
      let west = longitude()
      let isPoint = Bool.random(using: &generator)
      let given = BoundingBox(
        westE7: west, southE7: latitude, eastE7: isPoint ? west : longitude(),
        northE7: isPoint ? latitude : min(900_000_000, latitude + Int32.random(in: 0...2_000, using: &generator)))
      guard case .area(let first, let second) = Shape(area: given) else {
        Issue.record("an area is an area")
        continue
      }
      for part in [first, second].compactMap({ $0 }) {
        #expect(Int64(part.eastE7) - Int64(part.westE7) >= Int64(Shape.leastSideE7), "seed \(seed): \(given)")
        #expect(Int64(part.northE7) - Int64(part.southE7) >= Int64(Shape.leastSideE7), "seed \(seed): \(given)")
        #expect(part.westE7 >= -1_800_000_000 && part.eastE7 <= 1_800_000_000, "seed \(seed): \(given)")
        #expect(part.southE7 >= -900_000_000 && part.northE7 <= 900_000_000, "seed \(seed): \(given)")
        #expect(part.southE7 <= given.southE7 && given.northE7 <= part.northE7)
      }
      #expect(second == nil || first.eastE7 == 1_800_000_000 && second?.westE7 == -1_800_000_000)
    }
  }

  /// A file that others have changed may hold any number.
  @Test func numbersBeyondTheEarthAreCutOff() {
    let mad = BoundingBox(westE7: .min, southE7: .min, eastE7: .max, northE7: .max)
    #expect(Shape(area: mad) == .area(box(-180, -90, 180, 90), nil))
    _ = Shape(area: BoundingBox(westE7: .max, southE7: .max, eastE7: .min, northE7: .min))
  }
}
