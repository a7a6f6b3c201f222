/// Reads lengths of time as people type them.
package enum Period {
  package static let expected = "a length of time such as 15m, 1h, 1h30m, 1d or 1w"

  private static let units: [String: Int64] = [
    "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "h": 3_600,
    "hr": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800,
    "weeks": 604_800,
  ]

  /// Seconds of numbers with units, `1h30m` or `2 days`; nil for anything else and for more than a million of one unit.
  package static func seconds(_ text: String) -> Int64? {
    var rest = text.lowercased().filter { $0 != " " }[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !("0"..."9").contains($0) }
      rest = rest.dropFirst(unit.count)
      guard let count = Int64(number), count <= 1_000_000, let seconds = units[String(unit)] else { return nil }
      total += count * seconds
    }
    return total
  }

  /// Whether a text would be a length of time if months and years had one.
  static func hasUnitOfNoLength(_ text: String) -> Bool {
    let words = text.lowercased().split { $0 == " " || $0.isNumber }.map(String.init)
    return ["month", "months", "mo", "year", "years", "y"].contains { words.contains($0) }
  }

  /// What to write instead of a text that is no length of time; nil where nobody knows.
  package static func advice(_ text: String) -> String? {
    if hasUnitOfNoLength(text) { return "months and years have no one length: write days, such as 30d" }
    if !text.isEmpty, text.allSatisfy(\.isNumber) { return "\(text) of what? write \(text)m, \(text)h or \(text)d" }
    return nil
  }
}
