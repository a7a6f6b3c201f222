/// Reads lengths as people type them.
package enum Distance {
  package static let expected = "a distance such as 800m, 2km or 1mi"

  /// Metres of a text such as `800m`, `2km`, `1.5 mi` or `500ft`; nil for anything else, and for nothing or more than half the Earth.
  package static func meters(_ text: String) -> Double? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    let factors = ["m": 1, "km": 1_000, "mi": 1_609.344, "ft": 0.3048]
    guard let value = Double(number), let factor = factors[unit] else { return nil }
    let meters = value * factor
    return meters > 0 && meters <= 20_100_000 ? meters : nil
  }
}
