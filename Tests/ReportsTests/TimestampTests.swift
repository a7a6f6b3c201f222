import Foundation
import Glibc
import Reports
import TestSupport
import Testing

@Suite struct TimestampTests {
  func check(_ text: String, _ expected: Int64?, _ location: SourceLocation = #_sourceLocation) {
    #expect(Timestamp(text)?.microseconds == expected, "\(text)", sourceLocation: location)
  }

  @Test func readsDateTimes() {
    check("1970-01-01T00:00:00Z", 0)
    check("2015-02-10T13:05:00Z", 1_423_573_500_000_000)
    check("2015-02-10t13:05:00z", 1_423_573_500_000_000)
    check("2015-02-10T14:05:00+01:00", 1_423_573_500_000_000)
    check("2015-02-10T07:35:00-05:30", 1_423_573_500_000_000)
    check("2015-02-10T13:05:00-00:00", 1_423_573_500_000_000)
    check("1969-12-31T23:59:59.999999Z", -1)
    check("0000-01-01T00:00:00Z", -62_167_219_200_000_000)
    check("0000-01-01T00:00:00+23:59", -62_167_219_200_000_000 - 86_340_000_000)
    check("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999)
    check("2000-02-29T00:00:00Z", 951_782_400_000_000)
  }

  @Test func truncatesFractions() {
    check("1970-01-01T00:00:00.1Z", 100_000)
    check("1970-01-01T00:00:00.000001Z", 1)
    check("1970-01-01T00:00:00.0000019Z", 1)
    check("1970-01-01T00:00:00.\(String(repeating: "9", count: 500))+00:00", 999_999)
    check("1970-01-01T00:00:00.Z", nil)
    check("1970-01-01T00:00:00,5Z", nil)
  }

  @Test func takesLeapSecondsOnlyAtTheEndOfADayInUTC() {
    check("1998-12-31T23:59:60Z", 915_148_800_000_000)
    check("1998-12-31T23:59:60.5Z", 915_148_800_500_000)
    check("1998-12-31T15:59:60.123-08:00", 915_148_800_123_000)
    check("1999-01-01T00:59:60+01:00", 915_148_800_000_000)
    check("0000-01-01T22:59:60+23:00", -62_167_219_200_000_000)
    check("1998-12-31T23:58:60Z", nil)
    check("1998-12-31T22:59:60Z", nil)
    check("1998-12-31T23:59:60+01:00", nil)
    check("1998-12-31T23:59:61Z", nil)
  }

  @Test(arguments: [
    "", "2015", "2015-02-10", "2015-02-10T13:05:00", "2015-02-10T13:05Z", "2015-02-10 13:05:00Z", "2015-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "2015-00-10T00:00:00Z", "2015-13-10T00:00:00Z", "2015-01-00T00:00:00Z", "2015-01-32T00:00:00Z",
    "2015-04-31T00:00:00Z", "2015-01-01T24:00:00Z", "2015-01-01T00:60:00Z", "2015-01-01T00:00:00+24:00",
    "2015-01-01T00:00:00+00:60", "2015-01-01T00:00:00+0100", "2015-01-01T00:00:00+01", "2015-01-01T00:00:00Z ",
    " 2015-01-01T00:00:00Z", "-015-01-01T00:00:00Z", "2015-01-01T00:00:00ZZ", "20150101T000000Z00000", "2015/01/01T00:00:00Z",
  ])
  func refuses(_ text: String) { check(text, nil) }

  @Test func describesWithTheShortestFraction() {
    #expect(Timestamp(seconds: 1_423_573_500).description == "2015-02-10T13:05:00Z")
    #expect(Timestamp(microseconds: 1_500_000).description == "1970-01-01T00:00:01.5Z")
    #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999999Z")
    #expect(Timestamp(microseconds: 10).description == "1970-01-01T00:00:00.00001Z")
    #expect(Timestamp(microseconds: .min).description == "-290308-12-21T19:59:05.224192Z")
    #expect(Timestamp(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
  }

  /// The oracle is the C library's own calendar.
  @Test(arguments: 0..<16 as Range<UInt64>) func agreesWithTheCLibrary(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let expected = Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)
      let offset = Int64.random(in: -1_439...1_439, using: &random)
      let micros = (expected % 1_000_000 + 1_000_000) % 1_000_000
      let local = time_t((expected - micros) / 1_000_000 + offset * 60)
      guard let date = date(local) else { continue }
      let sign = offset < 0 ? "-" : "+"
      let end = String(format: ".%06d\(sign)%02d:%02d", micros, abs(offset) / 60, abs(offset) % 60)
      let text = date + end
      #expect(Timestamp(text)?.microseconds == expected, "seed \(seed): \(text)")
      let described = Timestamp(microseconds: expected).description
      #expect(Timestamp(described)?.microseconds == expected, "seed \(seed): \(described)")
    }
  }

  /// The date and time by the C library; nil outside the years that RFC 3339 has.
  private func date(_ time: time_t) -> String? {
    var time = time
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&time, &parts)
    guard unsafe (0...9999).contains(parts.tm_year + 1900) else { return nil }
    return unsafe String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
      parts.tm_min, parts.tm_sec)
  }

  @Test func agreesWithTheJSONSchemaTestSuite() throws {
    let files = SharedData.files(in: "vectors/json-schema-formats", suffix: "date-time.json")
    for file in files {
      let suites = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
      for test in suites.flatMap({ $0["tests"] as? [[String: Any]] ?? [] }) {
        guard let text = test["data"] as? String, let valid = test["valid"] as? Bool else { continue }
        #expect((Timestamp(text) != nil) == valid, "\(text)")
      }
    }
  }
}
