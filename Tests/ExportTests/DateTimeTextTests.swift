import Export
import Reports
import TestSupport
import Testing

struct DateTimeTextTests {
  private func text(_ time: Timestamp) -> String? {
    var text = DateTimeText()
    return text.set(time) ? String(decoding: text.bytes, as: UTF8.self) : nil
  }

  @Test func itIsISO8601InMilliseconds() throws {
    for (given, expected) in [
      ("2015-02-10T13:05:00Z", "2015-02-10T13:05:00.000Z"), ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
      ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"), ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"),
      ("2024-02-29T24:00:00Z", nil),
    ] {
      #expect(Timestamp(given).flatMap(text) == expected)
    }
  }

  @Test func aYearThatHasNotFourDigitsIsNone() throws {
    let first = try #require(Timestamp("0000-01-01T00:00:00Z"))
    let last = try #require(Timestamp("9999-12-31T23:59:59.999999Z"))
    #expect(text(Timestamp(microseconds: first.microseconds - 1)) == nil)
    #expect(text(Timestamp(microseconds: last.microseconds + 1)) == nil)
    for mad in [Int64.min, .max] { #expect(text(Timestamp(microseconds: mad)) == nil) }
  }

  /// Against the project's own RFC 3339, one writer for all times: what it keeps of the last one must not show.
  @Test(arguments: 0..<16 as Range<UInt64>) func oneWriterServesManyTimes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var text = DateTimeText()
    for _ in 0..<200 {
      let isNear = Bool.random(using: &generator)
      let milliseconds =
        isNear
        ? Int64.random(in: -200_000_000...200_000_000, using: &generator)
        : Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator)
      let time = Timestamp(microseconds: milliseconds * 1_000)
      let isSet = text.set(time)
      #expect(isSet)
      #expect(Timestamp(String(decoding: text.bytes, as: UTF8.self)) == time, "seed \(seed)")
    }
  }
}
