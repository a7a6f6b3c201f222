/// Reads lengths as people type them.
package enum Distance {
  package static let expected = "a distance such as 800m, 2km or 1mi"

  private static let factors = [
    "m": 1, "meter": 1, "meters": 1, "metre": 1, "metres": 1, "km": 1_000, "mi": 1_609.344, "mile": 1_609.344,
    "miles": 1_609.344, "ft": 0.3048, "feet": 0.3048, "yd": 0.9144, "nmi": 1_852,
  ]
  private static let greatestMeters = 20_100_000.0

  private static func parts(_ text: String) -> (number: Substring, unit: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    return (number, text.dropFirst(number.count).drop { $0 == " " }.lowercased())
  }

  /// Metres of a text such as `800m`, `2km`, `1.5 mi` or `500ft`; nil for anything else, and for nothing or more than half the Earth.
  package static func meters(_ text: String) -> Double? {
    let (number, unit) = parts(text)
    guard let value = Double(number), let factor = factors[unit] else { return nil }
    let meters = value * factor
    return meters > 0 && meters <= greatestMeters ? meters : nil
  }

  /// What to write instead of a text that is no distance; nil where nobody knows.
  package static func advice(_ text: String) -> String? {
    let (number, unit) = parts(text)
    if text.contains(","), !text.contains("."), case let point = String(text.map { $0 == "," ? "." : $0 }), meters(point) != nil {
      return "write \(point)"
    }
    guard let value = Double(number) else { return nil }
    if unit.isEmpty { return "\(number) of what? write \(number)m, \(number)km or \(number)mi" }
    guard let factor = factors[unit] else { return nil }
    if value * factor > greatestMeters { return "nothing on Earth is further away than 20100km" }
    return value == 0 ? "write 1m for the place itself" : nil
  }
}
