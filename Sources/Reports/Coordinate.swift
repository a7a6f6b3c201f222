/// A place on WGS 84 in units of 10⁻⁷ degrees (about a centimetre): integers, so that sums do not depend on their order.
package struct Coordinate: BitwiseCopyable, Hashable, Sendable {
  /// −900,000,000 … 900,000,000.
  package var latitudeE7: Int32
  /// −1,800,000,000 … 1,800,000,000; 180° and −180° are the same meridian.
  package var longitudeE7: Int32

  package init(latitudeE7: Int32, longitudeE7: Int32) {
    self.latitudeE7 = latitudeE7
    self.longitudeE7 = longitudeE7
  }

  /// The nearest coordinate to a pair of finite degrees within ±90 and ±180; nil outside or for NaN.
  package init?(latitude: Double, longitude: Double) {
    guard latitude >= -90, latitude <= 90, longitude >= -180, longitude <= 180 else { return nil }
    latitudeE7 = Int32((latitude * 1e7).rounded())
    longitudeE7 = Int32((longitude * 1e7).rounded())
  }

  package var latitude: Double { Double(latitudeE7) / 1e7 }
  package var longitude: Double { Double(longitudeE7) / 1e7 }
}
