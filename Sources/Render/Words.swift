import Glibc

/// Numbers as people say them; nothing here is stored or compared.
package enum Words {
  private static let daysPerYear = 365.25

  /// Days as the time between two events: `36 hours`, `34 days`, `3 years`, `>1000 years`; empty for what is no number.
  package static func interval(days: Double) -> String {
    if days.isNaN { return "" }
    let hours = days * 24
    if hours < 1 { return "<1 hour" }
    if days < 2 { return quantity(hours, "hour") }
    if days < 2 * daysPerYear { return quantity(days, "day") }
    let years = days / daysPerYear
    return years > 1_000 ? ">1000 years" : quantity(years, "year")
  }

  /// A whole number with its unit: `1 hour`, `36 hours`.
  ///
  /// - Parameter plural: where it is not the unit with an s.
  package static func quantity(_ number: Double, _ unit: String, plural: String? = nil) -> String {
    let text = grouped(number)
    return "\(text) \(text == "1" ? unit : plural ?? unit + "s")"
  }

  /// A whole number, rounded, with commas between thousands; past 10¹⁵ as a power of ten.
  package static func grouped(_ number: Double) -> String {
    guard number.isFinite else { return number.isNaN ? "?" : number < 0 ? "-infinity" : "infinity" }
    guard abs(number) < 1e15 else { return scientific(logarithm: log(abs(number))) }
    let digits = Array(String(Int64(abs(number).rounded())))
    var text = number.rounded() < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A number with two significant digits in plain notation: `3.1`, `0.032`, `1,200`; `<0.001` below that.
  package static func estimate(_ number: Double) -> String { significant(number, digits: 2) }

  /// A number with so many significant digits in plain notation.
  package static func significant(_ number: Double, digits: Int) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : grouped(number) }
    let magnitude = abs(number)
    if magnitude < 0.000_95 { return number < 0 ? ">-0.001" : "<0.001" }
    var exponent = Int(log10(magnitude).rounded(.down))
    // Rounding may lead to the next power of ten.
    if (magnitude / pow(10, Double(exponent - digits + 1))).rounded() >= pow(10, Double(digits)) { exponent += 1 }
    let decimals = digits - 1 - exponent
    guard decimals > 0 else {
      let unit = pow(10, Double(-decimals))
      return grouped((number / unit).rounded() * unit)
    }
    return fixed(number, decimals: decimals)
  }

  /// A number with so many decimals: `12.50`.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    guard number.isFinite, abs(number) < 1e12, (0...6).contains(decimals) else { return grouped(number) }
    let scaled = Int64((abs(number) * pow(10, Double(decimals))).rounded())
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
    let point = decimals > 0 ? "." : ""
    return (number < 0 && scaled != 0 ? "-" : "") + padded.dropLast(decimals) + point + padded.suffix(decimals)
  }

  /// eᵡ with three significant digits, however small: `3.21e-12`.
  package static func scientific(logarithm: Double) -> String {
    guard logarithm.isFinite else { return logarithm == -.infinity ? "0" : grouped(logarithm) }
    let decimal = logarithm / 2.302_585_092_994_046
    var exponent = decimal.rounded(.down)
    var mantissa = (pow(10, decimal - exponent) * 100).rounded()
    if mantissa >= 1_000 { (mantissa, exponent) = (100, exponent + 1) }
    return "\(fixed(mantissa / 100, decimals: 2))e\(Int(exponent))"
  }

  /// A share as a percentage: `37 %`.
  package static func percent(_ share: Double) -> String { "\(grouped(share * 100)) %" }

  /// A bar of blocks, `value` of `whole` as long as `value` of `width`, an eighth of a block at the finest.
  package static func bar(_ value: Double, of whole: Double, width: Int) -> String {
    guard value > 0, whole > 0, value.isFinite, whole.isFinite else { return "" }
    let eighths = Int((min(value / whole, 1) * Double(width * 8)).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}
