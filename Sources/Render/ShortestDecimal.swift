import JSON

/// A number as JSON writes it, so that all formats agree; empty where it is not finite.
func shortestDecimal(_ number: Double) -> String {
  guard number.isFinite else { return "" }
  var writer = JSONWriter()
  writer.value(number)
  return String(decoding: writer.bytes, as: UTF8.self)
}
