package import Reports

/// Reads times as people type them; all are UTC unless they say otherwise.
package enum Moment {
  package static let expected =
    "a time such as 2015-02-10, 2015-02-10 13:05, 2015-02-10T13:05:00Z, now, 2h ago, yesterday or yesterday 18:00"

  private static let dayMicroseconds: Int64 = 86_400_000_000

  /// The time that `text` means at `now`; nil where it means none.
  package static func timestamp(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.lowercased().split(separator: " ").map(String.init)
    let midnight = Timestamp(microseconds: now.bin(ofMicroseconds: dayMicroseconds) * dayMicroseconds)
    switch words.first {
    case "now" where words.count == 1: return now
    case "today": return clock(words.dropFirst(), of: midnight)
    case "yesterday": return clock(words.dropFirst(), of: Timestamp(microseconds: midnight.microseconds - dayMicroseconds))
    default: break
    }
    if words.last == "ago" { return ago(words.dropLast().joined(), now) }
    if let time = Timestamp(text) { return time }
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
    guard let date = parts.first, let day = Timestamp(date + "T00:00:00Z") else { return nil }
    return clock(parts.dropFirst(), of: day)
  }

  /// Midnight plus `18:00` or `18:00:30`; midnight itself without a word; nil for anything else.
  private static func clock(_ words: ArraySlice<String>, of midnight: Timestamp) -> Timestamp? {
    guard let word = words.first else { return midnight }
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { $0.count <= 2 ? UInt8($0) : nil }
    guard words.count == 1, (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1],
      let second = parts.count == 3 ? parts[2] : 0, hour < 24, minute < 60, second < 60
    else { return nil }
    let seconds = Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
    return Timestamp(microseconds: midnight.microseconds + seconds * 1_000_000)
  }

  private static func ago(_ text: String, _ now: Timestamp) -> Timestamp? {
    let number = text.prefix { $0.isASCII && $0.isNumber }
    let seconds: [String: Int64] = [
      "s": 1, "m": 60, "min": 60, "minute": 60, "minutes": 60, "h": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400,
      "day": 86_400, "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800,
    ]
    guard let count = Int64(number), count <= 1_000_000, let unit = seconds[String(text.dropFirst(number.count))] else {
      return nil
    }
    return Timestamp(microseconds: now.microseconds - count * unit * 1_000_000)
  }
}
