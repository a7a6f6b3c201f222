/// A box in 10⁻⁷ degrees. Where it crosses the antimeridian its west is greater than its east, as RFC 7946 §5.2 has it.
package struct BoundingBox: BitwiseCopyable, Equatable, Sendable {
  package var westE7: Int32
  package var southE7: Int32
  package var eastE7: Int32
  package var northE7: Int32

  package init(westE7: Int32, southE7: Int32, eastE7: Int32, northE7: Int32) {
    self.westE7 = westE7
    self.southE7 = southE7
    self.eastE7 = eastE7
    self.northE7 = northE7
  }

  /// The box of one place.
  package init(_ place: Coordinate) {
    self.init(westE7: place.longitudeE7, southE7: place.latitudeE7, eastE7: place.longitudeE7, northE7: place.latitudeE7)
  }
}
