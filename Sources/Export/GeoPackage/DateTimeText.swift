package import Reports

/// Times as a GeoPackage's DATETIME has them, `2015-02-10T13:05:00.000Z`: milliseconds, what is finer cut off.
///
/// The date of the last time is kept, since neighbours mostly share it.
package struct DateTimeText {
  private static let dayMicroseconds: Int64 = 86_400_000_000
  private static let years: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

  package init() {}

  package private(set) var bytes = Array("0000-00-00T00:00:00.000Z".utf8)
  private var day: Int64?

  /// Writes a time into `bytes`; false where its year has not four digits.
  package mutating func set(_ time: Timestamp) -> Bool {
    guard Self.years.contains(time.microseconds) else { return false }
    let day = time.bin(ofMicroseconds: Self.dayMicroseconds)
    if day != self.day {
      let date = Timestamp(microseconds: day * Self.dayMicroseconds).description.utf8.prefix(10)
      for (index, byte) in date.enumerated() { bytes[index] = byte }
      self.day = day
    }
    var rest = (time.microseconds - day * Self.dayMicroseconds) / 1_000
    put(&rest, 1_000, digitCount: 3, at: 20)
    put(&rest, 60, digitCount: 2, at: 17)
    put(&rest, 60, digitCount: 2, at: 14)
    put(&rest, 24, digitCount: 2, at: 11)
    return true
  }

  /// Writes the remainder by `base` and leaves the quotient.
  private mutating func put(_ value: inout Int64, _ base: Int64, digitCount: Int, at start: Int) {
    var part = value % base
    value /= base
    for index in (start..<start + digitCount).reversed() {
      bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: part % 10)
      part /= 10
    }
  }
}
