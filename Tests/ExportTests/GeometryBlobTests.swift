import Export
import Reports
import Testing

/// Blobs byte by byte, as OGC 12-128r19 2.1.3 and the WKB of OGC 06-103r4 write them.
struct GeometryBlobTests {
  private func hex(_ shape: Shape) -> String {
    var bytes: [UInt8] = [1, 2, 3]
    GeometryBlob.encode(shape, into: &bytes)
    return bytes.map { String($0 + 0, radix: 16).count == 1 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  /// −71.5 is c051e00000000000, 42.25 is 4045200000000000.
  @Test func aPointHasNoEnvelope() {
    #expect(
      hex(.point(Coordinate(latitudeE7: 422_500_000, longitudeE7: -715_000_000)))
        == "47500001e6100000" + "0101000000" + "0000000000e051c0" + "0000000000204540")
  }

  @Test func anAreaIsAMultiPolygonThatRunsCounterclockwise() {
    let (one, two, three, four) = ("000000000000f03f", "0000000000000040", "0000000000000840", "0000000000001040")
    let ring = [(one, two), (three, two), (three, four), (one, four), (one, two)].map { $0.0 + $0.1 }.joined()
    let box = BoundingBox(westE7: 10_000_000, southE7: 20_000_000, eastE7: 30_000_000, northE7: 40_000_000)
    #expect(
      hex(Shape(area: box))
        == "47500003e6100000" + one + three + two + four + "0106000000" + "01000000" + "0103000000" + "01000000" + "05000000"
        + ring)
  }

  @Test func anAreaAcrossTheAntimeridianHasTwoPolygonsAndTheWholeEnvelope() {
    let box = BoundingBox(westE7: 1_790_000_000, southE7: 0, eastE7: -1_790_000_000, northE7: 10_000_000)
    let text = hex(Shape(area: box))
    // −180 is c066800000000000.
    #expect(text.hasPrefix("47500003e6100000" + "00000000008066c0" + "0000000000806640"))
    #expect(text.count == 2 * (8 + 32 + 9 + 2 * (13 + 80)))
  }
}
