package import Reports

/// Reads times as people type them; all are UTC unless they say otherwise.
package enum Moment {
  package static let expected =
    "a time such as 2015-02-10, 2015-02-10 13:05, 2015-02-10T13:05:00Z, now, 2h ago, monday or yesterday 18:00"

  static let secondMicroseconds: Int64 = 1_000_000
  static let dayMicroseconds: Int64 = 86_400 * secondMicroseconds

  /// The time that `text` means at `now`; nil where it means none.
  ///
  /// `now`, `2h ago`, `1h30m ago`, `in 2h`; `today`, `yesterday`, `tomorrow`, a weekday (the latest that is not in the future), `last`
  /// and a weekday (the latest before today), a date, each alone or with a time of day; a time of day alone is today's. Dates are
  /// those of ISO 8601: `2015-02-10`, `20150210`, `2015-02`, `2015-W07`, `2015-W07-2`, `2015-041`; a time of day may end with a zone.
  package static func timestamp(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    if words == ["now"] { return now }
    if words.count > 1, words.last == "ago" { return shifted(now, by: words.dropLast().joined(), -1) }
    if words.count > 1, first == "in" { return shifted(now, by: words.dropFirst().joined(), 1) }
    if let time = Timestamp(text) { return time }
    if let day = day(first, now) { return clock(words.dropFirst(), of: day) }
    if let weekday = weekday(first) { return clock(words.dropFirst(), ofLatest: weekday, isBeforeToday: false, now) }
    if first == "last", words.count > 1, let weekday = weekday(words[1]) {
      return clock(words.dropFirst(2), ofLatest: weekday, isBeforeToday: true, now)
    }
    let parts = first.split(separator: "t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if let day = CalendarDate.start(parts[0]) {
      guard parts.count == 2 else { return clock(words.dropFirst(), of: day) }
      return ClockTime.microseconds([parts[1]] + words.dropFirst(), isBasic: true).map { moved(day, by: $0) }
    }
    return clock(words[...], of: midnight(now))
  }

  static func midnight(_ time: Timestamp) -> Timestamp {
    Timestamp(microseconds: time.bin(ofMicroseconds: dayMicroseconds) * dayMicroseconds)
  }

  private static func moved(_ time: Timestamp, by microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: time.microseconds + microseconds)
  }

  static let dayWords = ["today": Int64(0), "yesterday": -1, "tomorrow": 1]

  private static func day(_ word: String, _ now: Timestamp) -> Timestamp? {
    dayWords[word].map { moved(midnight(now), by: $0 * dayMicroseconds) }
  }

  static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// Days since Monday of a name or its first letters, three at least.
  private static func weekday(_ word: String) -> Int64? {
    guard word.count >= 3 else { return nil }
    return weekdays.firstIndex { $0.hasPrefix(word) }.map { Int64($0) }
  }

  private static func clock(
    _ words: ArraySlice<String>, ofLatest weekday: Int64, isBeforeToday: Bool, _ now: Timestamp
  ) -> Timestamp? {
    let today = midnight(now)
    // 1970-01-01 was a Thursday.
    let since = ((today.bin(ofMicroseconds: dayMicroseconds) + 3 - weekday) % 7 + 7) % 7
    let day = moved(today, by: -(since == 0 && isBeforeToday ? 7 : since) * dayMicroseconds)
    guard let time = clock(words, of: day) else { return nil }
    return time > now ? moved(time, by: -7 * dayMicroseconds) : time
  }

  /// A day with a time of it; its midnight without a word.
  private static func clock(_ words: ArraySlice<String>, of midnight: Timestamp) -> Timestamp? {
    if words.isEmpty { return midnight }
    return ClockTime.microseconds(Array(words), isBasic: false).map { moved(midnight, by: $0) }
  }

  private static func shifted(_ now: Timestamp, by text: String, _ sign: Int64) -> Timestamp? {
    Period.seconds(text).map { moved(now, by: sign * $0 * secondMicroseconds) }
  }
}
