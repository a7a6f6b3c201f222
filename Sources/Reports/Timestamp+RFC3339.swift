extension Timestamp {
  /// Reads an RFC 3339 date-time with an offset; nil for anything else.
  ///
  /// Years are 0000–9999, `t` and `z` may be lower case, a fraction may have any length. A second 60 is taken where it
  /// falls on 23:59:60 UTC and counts, by the POSIX formula, as the second that follows. Complexity: O(count).
  package init?(rfc3339 bytes: Span<UInt8>) {
    guard bytes.count >= 20,
      let year = Self.number(bytes, at: 0, digitCount: 4), bytes[4] == UInt8(ascii: "-"),
      let month = Self.number(bytes, at: 5, digitCount: 2), bytes[7] == UInt8(ascii: "-"),
      let day = Self.number(bytes, at: 8, digitCount: 2), bytes[10] | 0x20 == UInt8(ascii: "t"),
      let hour = Self.number(bytes, at: 11, digitCount: 2), bytes[13] == UInt8(ascii: ":"),
      let minute = Self.number(bytes, at: 14, digitCount: 2), bytes[16] == UInt8(ascii: ":"),
      let second = Self.number(bytes, at: 17, digitCount: 2),
      month >= 1, month <= 12, day >= 1, day <= Self.dayCount(year: year, month: month),
      hour <= 23, minute <= 59, second <= 60
    else { return nil }

    var index = 19
    var fraction: Int64 = 0
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      var unit: Int64 = 100_000
      let start = index
      while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit <= 9 {
        fraction += Int64(digit) * unit
        unit /= 10
        index += 1
      }
      guard index > start else { return nil }
    }
    guard let offsetMinutes = Self.offsetMinutes(bytes, at: index) else { return nil }

    let minutes = (Self.days(year: year, month: month, day: day) * 24 + hour) * 60 + minute - offsetMinutes
    // 719,528 days before the epoch lies 0000-01-01: a year more keeps the remainder positive whatever the offset.
    if second == 60, (minutes + 720_000 * 1_440) % 1_440 != 1_439 { return nil }
    microseconds = (minutes * 60 + second) * 1_000_000 + fraction
  }

  /// Reads an RFC 3339 date-time with an offset; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    self.init(rfc3339: text.utf8.span)
  }

  @inline(__always)
  private static func number(_ bytes: Span<UInt8>, at start: Int, digitCount: Int) -> Int64? {
    var value: Int64 = 0
    for index in start..<start + digitCount {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }

  /// The offset that ends the text: `Z`, or hours and minutes with a sign.
  private static func offsetMinutes(_ bytes: Span<UInt8>, at index: Int) -> Int64? {
    if bytes.count == index + 1 { return bytes[index] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    guard bytes.count == index + 6, bytes[index + 3] == UInt8(ascii: ":"),
      bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
      let hours = number(bytes, at: index + 1, digitCount: 2), hours <= 23,
      let minutes = number(bytes, at: index + 4, digitCount: 2), minutes <= 59
    else { return nil }
    return bytes[index] == UInt8(ascii: "-") ? -(hours * 60 + minutes) : hours * 60 + minutes
  }

  private static func dayCount(year: Int64, month: Int64) -> Int64 {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    // Odd months have 31 days up to July, even ones from August.
    return 30 + (month + month >> 3) & 1
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date
  /// algorithms", days_from_civil).
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    // 400 years more, and years that begin in March, so that nothing is negative and the leap day comes last.
    let shifted = year + 400 - (month <= 2 ? 1 : 0)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468 - 146_097
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, with the shortest fraction that is exact: `2015-02-10T13:05:00Z`.
  ///
  /// Years before 0000 have a sign and those after 9999 more digits, which RFC 3339 does not have.
  package var description: String {
    let second: Int64 = 1_000_000
    let day = bin(ofMicroseconds: 86_400 * second)
    // Wrapping, because the first day of the range begins before it.
    let rest = microseconds &- day &* 86_400 &* second
    let date = Self.date(days: day)
    var text = date.year < 0 ? "-" : ""
    text += Self.padded(date.year.magnitude, digitCount: 4) + "-" + Self.padded(date.month.magnitude, digitCount: 2)
    text += "-" + Self.padded(date.day.magnitude, digitCount: 2)
    text += "T" + Self.padded((rest / (3_600 * second)).magnitude, digitCount: 2)
    text += ":" + Self.padded((rest / (60 * second) % 60).magnitude, digitCount: 2)
    text += ":" + Self.padded((rest / second % 60).magnitude, digitCount: 2)
    if rest % second != 0 {
      text += "." + Self.padded((rest % second).magnitude, digitCount: 6)
      while text.last == "0" { text.removeLast() }
    }
    return text + "Z"
  }

  private static func padded(_ value: UInt64, digitCount: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, digitCount - digits.utf8.count)) + digits
  }

  /// The inverse of `days` (Hinnant, civil_from_days).
  private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
