extension Double {
  /// Decimal with so many digits after the point, rounded half away from zero.
  func fixed(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? "–" : self > 0 ? "∞" : "−∞" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 1e15 else { return String(self) }
    let integer = Int(scaled)
    let whole = integer / Int(scale)
    var text = (self < 0 && integer > 0 ? "−" : "") + String(whole)
    if digits > 0 {
      let fraction = String(integer % Int(scale))
      text += "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
    return text
  }

  /// Decimal as programs read it: an ASCII minus.
  func coordinate(_ digits: Int = 1) -> String {
    let text = fixed(digits)
    return text.hasPrefix("−") ? "-" + text.dropFirst() : text
  }
}
