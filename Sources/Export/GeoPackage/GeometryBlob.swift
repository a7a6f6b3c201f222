import Reports

/// Geometries as a GeoPackage holds them: a header with the envelope, then WKB, both little-endian (OGC 12-128r19, 2.1.3).
package enum GeometryBlob {
  /// WGS 84, as everywhere here.
  static let srsID: Int32 = 4_326

  private static let polygonType: UInt32 = 3
  private static let multiPolygonType: UInt32 = 6
  private static let pointType: UInt32 = 1

  /// Replaces what `bytes` holds by a shape's blob. A point has no envelope: it would say the same twice.
  package static func encode(_ shape: Shape, into bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    switch shape {
    case .point(let place):
      appendHeader(hasEnvelope: false, to: &bytes)
      appendType(pointType, to: &bytes)
      append(place.longitudeE7, place.latitudeE7, to: &bytes)
    case .area(let first, let second):
      appendHeader(hasEnvelope: true, to: &bytes)
      let extent = shape.extent
      append(extent.westE7, extent.eastE7, to: &bytes)
      append(extent.southE7, extent.northE7, to: &bytes)
      appendType(multiPolygonType, to: &bytes)
      append(UInt32(second == nil ? 1 : 2), to: &bytes)
      appendPolygon(first, to: &bytes)
      if let second { appendPolygon(second, to: &bytes) }
    }
  }

  /// Magic, version 0, flags (little-endian; whether minx, maxx, miny, maxy follow), reference system.
  private static func appendHeader(hasEnvelope: Bool, to bytes: inout [UInt8]) {
    bytes += [UInt8(ascii: "G"), UInt8(ascii: "P"), 0, hasEnvelope ? 0b0000_0011 : 0b0000_0001]
    append(UInt32(bitPattern: srsID), to: &bytes)
  }

  private static func appendType(_ type: UInt32, to bytes: inout [UInt8]) {
    bytes.append(1)
    append(type, to: &bytes)
  }

  /// One ring, counterclockwise, from the south-west.
  private static func appendPolygon(_ box: BoundingBox, to bytes: inout [UInt8]) {
    appendType(polygonType, to: &bytes)
    append(UInt32(1), to: &bytes)
    append(UInt32(5), to: &bytes)
    append(box.westE7, box.southE7, to: &bytes)
    append(box.eastE7, box.southE7, to: &bytes)
    append(box.eastE7, box.northE7, to: &bytes)
    append(box.westE7, box.northE7, to: &bytes)
    append(box.westE7, box.southE7, to: &bytes)
  }

  /// Two numbers of degrees.
  private static func append(_ firstE7: Int32, _ secondE7: Int32, to bytes: inout [UInt8]) {
    append((Double(firstE7) / 1e7).bitPattern, to: &bytes)
    append((Double(secondE7) / 1e7).bitPattern, to: &bytes)
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
