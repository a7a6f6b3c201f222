/// Reads lengths of time as people type them.
package enum Span {
  package static let expected = "a length of time such as 90min, 24h, 3d or 2w, at most 366d"

  /// Microseconds of a text such as `90min`, `24h`, `1.5 days` or `2w`; nil for anything else, for nothing, and for more than 366 days.
  package static func microseconds(_ text: String) -> Int64? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    let seconds: [String: Double] = [
      "min": 60, "minute": 60, "minutes": 60, "h": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400, "day": 86_400,
      "days": 86_400,
      "w": 604_800, "week": 604_800, "weeks": 604_800,
    ]
    guard let count = Double(number), let factor = seconds[unit] else { return nil }
    let span = count * factor * 1e6
    return span >= 1 && span <= 366 * 86_400e6 ? Int64(span) : nil
  }
}
