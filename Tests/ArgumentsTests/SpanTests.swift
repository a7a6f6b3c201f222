import Arguments
import Reports
import Testing

/// Lengths of time and corners as people type them.
@Suite struct SpanTests {
  @Test func lengthsOfTime() {
    for (text, minutes) in [
      ("90min", 90.0), ("1 minute", 1), ("24h", 1_440), ("1.5 days", 2_160), ("3D", 4_320), ("2w", 20_160), ("366d", 527_040),
      ("0.5 hours", 30),
    ] {
      #expect(Span.microseconds(text) == Int64(minutes * 6e7), "\(text)")
    }
    for text in ["", "3", "h", "0h", "-3h", "3m", "3 months", "367d", "1e3d", "nan", "3.3.3h", "99999999999999999999w", "٣d"] {
      #expect(Span.microseconds(text) == nil, "\(text)")
    }
  }

  @Test func corners() {
    let triangle = [(0, 0), (0, 10_000_000), (-15_000_000, 1_800_000_000)].map {
      Coordinate(latitudeE7: $0.0, longitudeE7: $0.1)
    }
    for text in ["0,0 0,1 -1.5,180", "  0,0;0,1;-1.5,180\n", "0,0\t0,1  -1.5,180.0"] {
      #expect(Place.corners(text) == triangle, "\(text)")
    }
    for text in ["", "0,0 0,1", "0,0 0,1 91,0", "0,0 0,1 1", "0,0 0,1 a,b", "0,0 0,1 1,2,3", "0, 0 0,1 1,1"] {
      #expect(Place.corners(text) == nil, "\(text)")
    }
  }
}
