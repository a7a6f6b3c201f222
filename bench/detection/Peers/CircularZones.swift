import Glibc

/// Around each place, all places by distance: the circles that a scan statistic tries.
///
/// A circle takes whole rings, that is, all places at equal distance together. Places n, memory n².
package struct CircularZones: Sendable {
  /// For each center, all places from near to far; the center itself is at distance 0.
  package let order: [[Int32]]
  /// For each center, how many places lie within each distinct radius, ascending; the last is all of them.
  package let ringEnds: [[Int32]]

  package var count: Int { order.count }

  /// Circles in the plane.
  /// - Parameters: coordinates of the places, in any one unit, of equal counts.
  package init(x: [Double], y: [Double]) {
    precondition(x.count == y.count)
    self.init(count: x.count) { (x[$0] - x[$1]) * (x[$0] - x[$1]) + (y[$0] - y[$1]) * (y[$0] - y[$1]) }
  }

  /// Circles on a sphere, by the chord between unit vectors, whose order is that of the great circle.
  /// - Parameters: coordinates of the places in degrees, of equal counts.
  package init(latitudesDegrees: [Double], longitudesDegrees: [Double]) {
    precondition(latitudesDegrees.count == longitudesDegrees.count)
    let units = zip(latitudesDegrees, longitudesDegrees).map { latitude, longitude in
      let (phi, lambda) = (latitude * .pi / 180, longitude * .pi / 180)
      return SIMD3(cos(phi) * cos(lambda), cos(phi) * sin(lambda), sin(phi))
    }
    self.init(count: units.count) { first, second in
      let chord = units[first] - units[second]
      return (chord * chord).sum()
    }
  }

  /// Circles around the cells of a square grid, row by row.
  package init(side: Int) {
    let cells = 0..<side * side
    self.init(x: cells.map { Double($0 % side) }, y: cells.map { Double($0 / side) })
  }

  private init(count: Int, squaredDistance: (Int, Int) -> Double) {
    var order: [[Int32]] = []
    var ringEnds: [[Int32]] = []
    for center in 0..<count {
      let distances = (0..<count).map { squaredDistance(center, $0) }
      let sorted = (0..<count).sorted {
        distances[$0] == distances[$1] ? $0 < $1 : distances[$0] < distances[$1]
      }
      order.append(sorted.map(Int32.init))
      ringEnds.append(
        (1...count).filter { $0 == count || distances[sorted[$0]] != distances[sorted[$0 - 1]] }.map(Int32.init))
    }
    self.order = order
    self.ringEnds = ringEnds
  }
}
