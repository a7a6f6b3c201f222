/// 10⁻⁷ degrees as the shortest decimal that is exact: at most seven decimals, no exponent, `-71.0589`.
func exactDegrees(_ valueE7: Int32) -> String {
  let text = decimal(Int64(valueE7), decimals: 7)
  let end = text.lastIndex { $0 != "0" } ?? text.startIndex
  return String(text[end] == "." ? text[..<end] : text[...end])
}

/// 10⁻⁷ degrees as a decimal of five digits, about a metre, rounded half away from zero: `-71.05890`.
func roundedDegrees(_ valueE7: Int32) -> String {
  let value = Int64(valueE7)
  return decimal((value + (value < 0 ? -50 : 50)) / 100, decimals: 5)
}

/// `value` · 10^−`decimals` with all its decimals.
private func decimal(_ value: Int64, decimals: Int) -> String {
  let digits = String(value.magnitude)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
  return (value < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
