import Archive
import Foundation
import Reports
import TestSupport
import Testing

/// What lies in a polygon: cases made by hand, and turns of an angle as the oracle.
@Suite struct AreaTests {
  private func ring(_ corners: [(Double, Double)]) throws -> AreaRing {
    try AreaRing(corners.map { try #require(Coordinate(latitude: $0.0, longitude: $0.1)) })
  }

  private func holds(_ ring: AreaRing, _ latitude: Double, _ longitude: Double) throws -> Bool {
    ring.contains(try #require(Coordinate(latitude: latitude, longitude: longitude)))
  }

  @Test func acrossTheAntimeridian() throws {
    for corners in [
      [(-10.0, 170.0), (-10, -170), (10, -170), (10, 170)],
      [(-10, 170), (-10, 180), (-10, -170), (10, -170), (10, -180), (10, 170)],
      [(10, 170), (10, -170), (-10, -170), (-10, 170)],
    ] {
      let ring = try ring(corners)
      for (longitude, isInside) in [
        (175.0, true), (180, true), (-180, true), (-175, true), (0, false), (165, false), (-165, false), (90, false),
      ] {
        #expect(try holds(ring, 0, longitude) == isInside, "\(corners), \(longitude)")
        #expect(try !holds(ring, 11, longitude) && !holds(ring, -11, longitude), "\(corners), \(longitude)")
      }
      #expect(ring.boundingBox.westE7 == 1_700_000_000 && ring.boundingBox.eastE7 == -1_700_000_000)
    }
    // A side on the meridian itself: the same place, however it is written.
    let east = try ring([(0, 180), (0, -170), (10, -170), (10, -180)])
    let west = try ring([(0, 170), (0, -180), (10, 180), (10, 170)])
    for longitude in [180.0, -180] {
      #expect(try holds(east, 5, longitude) && !holds(west, 5, longitude))
    }
    #expect(try holds(west, 5, 179.9) && !holds(east, 5, 179.9) && holds(east, 5, -179.9))
  }

  @Test func roundThePoles() throws {
    let south = try ring([(-70, 0), (-70, 90), (-65, 180), (-70, -90)])
    let north = try ring([(70, 0), (70, -90), (65, 180), (70, 90)])
    for longitude in [-180.0, -91, -45, 0, 12, 90, 179.9] {
      #expect(try holds(south, -90, longitude) && holds(north, 90, longitude), "\(longitude)")
      #expect(try !holds(south, 90, longitude) && !holds(north, -90, longitude), "\(longitude)")
      #expect(try holds(south, -80, longitude) && !holds(south, -60, longitude) && !holds(south, 80, longitude), "\(longitude)")
      #expect(try holds(north, 80, longitude) && !holds(north, 60, longitude) && !holds(north, -80, longitude), "\(longitude)")
    }
    #expect(south.boundingBox.southE7 == -900_000_000 && north.boundingBox.northE7 == 900_000_000)
    #expect(south.boundingBox.westE7 == -1_800_000_000 && south.boundingBox.eastE7 == 1_800_000_000)
    // A sector that reaches the pole along two meridians, as GeoJSON draws it.
    let sector = try ring([(60, 10), (60, 20), (90, 20), (90, 10)])
    #expect(try holds(sector, 89.9, 15) && !holds(sector, 89.9, 25) && !holds(sector, 59, 15))
    // A ring in a ring is a hole.
    let annulus = SilenceArea.polygon([north, try ring([(80, 0), (80, 120), (80, -120)])])
    for (latitude, isInside) in [(75.0, true), (85, false), (90, false), (60, false)] {
      #expect(annulus.contains(try #require(Coordinate(latitude: latitude, longitude: 7))) == isInside, "\(latitude)")
    }
  }

  @Test func bordersBelongToOneSide() throws {
    let square = try ring([(0, 0), (0, 1), (1, 1), (1, 0)])
    #expect(try holds(square, 0, 0.5) && holds(square, 0.5, 0) && holds(square, 0, 0))
    #expect(try !holds(square, 1, 0.5) && !holds(square, 0.5, 1) && !holds(square, 1, 1))
    // A bow tie has two halves, and nothing where they cross over.
    let tie = try ring([(0, 0), (2, 2), (2, 0), (0, 2)])
    #expect(try holds(tie, 1.5, 1) && holds(tie, 0.5, 1) && !holds(tie, 1, 0.5) && !holds(tie, 1, 1.5))
  }

  @Test func whatIsNoRingIsRefused() throws {
    func flaw(_ corners: [(Double, Double)]) throws -> AreaRing.Flaw? {
      do { _ = try ring(corners) } catch let flaw as AreaRing.Flaw { return flaw }
      return nil
    }
    for corners in [[], [(0.0, 0.0)], [(0, 0), (1, 1), (0, 0)], [(0, 0), (1, 1), (2, 2)], [(5, 180), (5, -180), (6, 180)]] {
      #expect(try flaw(corners) == .flat, "\(corners)")
    }
    #expect(
      try flaw([(0, -90), (0, 90), (10, 90)])
        == .halfTurn(Coordinate(latitudeE7: 0, longitudeE7: -900_000_000), Coordinate(latitudeE7: 0, longitudeE7: 900_000_000)))
    #expect(try flaw([(0, 0), (0, 120), (0, -120)]) == .equator)
    #expect(try flaw([(1, 0), (1, 120), (1, -120)]) == nil)
  }

  /// How often a ring turns around a place, odd or even, by sums of angles in the plane of degrees; a ring round the Earth is closed
  /// along the edge of the map at the pole that its mean lies nearer to. Nil too near to the ring to tell.
  private func turns(_ corners: [(Double, Double)], _ latitude: Double, _ longitude: Double) -> Bool? {
    var path: [(x: Double, y: Double)] = [(corners[0].1, corners[0].0)]
    var mean = 0.0
    for corner in corners.dropFirst() + [corners[0]] {
      let last = path[path.count - 1]
      var step = (corner.1 - last.x).truncatingRemainder(dividingBy: 360)
      if step > 180 { step -= 360 }
      if step <= -180 { step += 360 }
      mean += step * (corner.0 + last.y) / 2
      path.append((last.x + step, corner.0))
    }
    let turn = path[path.count - 1].x - path[0].x
    if abs(turn) > 1 {
      let pole = mean / turn > 0 ? 90.0 : -90
      path += [(path[path.count - 1].x, pole), (path[0].x, pole), path[0]]
    }
    var isInside = false
    for shift in -3...3 {
      let x = longitude + Double(shift) * 360
      var angle = 0.0
      for (a, b) in zip(path, path.dropFirst()) {
        let (ax, ay, bx, by) = (a.x - x, a.y - latitude, b.x - x, b.y - latitude)
        let length = hypot(bx - ax, by - ay)
        let along = length == 0 ? 0 : max(0, min(1, -(ax * (bx - ax) + ay * (by - ay)) / (length * length)))
        if hypot(ax + along * (bx - ax), ay + along * (by - ay)) < 1e-5 { return nil }
        angle += atan2(ax * by - ay * bx, ax * bx + ay * by)
      }
      if Int((angle / (2 * .pi)).rounded()) % 2 != 0 { isInside.toggle() }
    }
    return isInside
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func itIsTheTurnOfAnAngle(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let isPolar = seed % 4 == 0
    let center = seed % 4 == 1 ? Double.random(in: 150...210, using: &random) : Double.random(in: -180...180, using: &random)
    let count = Int.random(in: 3...9, using: &random)
    var corners: [(Double, Double)] = []
    for index in 0..<count {
      var east = center + Double.random(in: -60...60, using: &random)
      if isPolar { east = Double(index) * 360 / Double(count) + Double.random(in: 0...20, using: &random) }
      let grid = seed % 3 == 0
      let north = Double.random(in: -90...90, using: &random)
      east = (east + 540).truncatingRemainder(dividingBy: 360) - 180
      corners.append(grid ? ((north / 5).rounded() * 5, (east / 5).rounded() * 5) : (north, east))
    }
    guard let ring = try? ring(corners) else { return }
    var seen: Set<Bool> = []
    for _ in 0..<400 {
      let latitude = Double.random(in: -90...90, using: &random)
      let longitude =
        Bool.random(using: &random)
        ? Double.random(in: -180...180, using: &random)
        : max(-180, min(180, corners[0].1 + Double.random(in: -40...40, using: &random)))
      guard let expected = turns(corners, latitude, longitude) else { continue }
      seen.insert(expected)
      let place = try #require(Coordinate(latitude: latitude, longitude: longitude))
      #expect(ring.contains(place) == expected, "seed \(seed): \(corners), \(latitude) \(longitude)")
      // Nothing inside lies outside the box that an index looks in.
      if expected {
        let box = ring.boundingBox
        #expect(box.southE7 <= place.latitudeE7 && place.latitudeE7 <= box.northE7, "seed \(seed)")
        let isBetween =
          box.westE7 <= box.eastE7
          ? box.westE7 <= place.longitudeE7 && place.longitudeE7 <= box.eastE7
          : place.longitudeE7 >= box.westE7 || place.longitudeE7 <= box.eastE7
        #expect(isBetween, "seed \(seed): \(corners), \(latitude) \(longitude), \(box)")
      }
    }
    #expect(!seen.isEmpty, "seed \(seed)")
  }
}
