import Reports

/// Reads the dates of ISO 8601, in the proleptic Gregorian calendar.
enum CalendarDate {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]

  /// When the day, week, month or year of `2015-02-10`, `20150210`, `2015-W07-2`, `2015-W07`, `2015-041`, `2015-02` or `2015` begins.
  static func start(_ text: String) -> Timestamp? {
    let parts = text.lowercased().split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard let year = number(parts[0].prefix(4), digits: 4) else { return nil }
    switch (parts.count, parts.map(\.count)) {
    case (1, [4]): return day(year, 1, 1)
    case (1, [8]):
      guard let month = number(parts[0].dropFirst(4).prefix(2), digits: 2), let day = number(parts[0].suffix(2), digits: 2)
      else { return nil }
      return Self.day(year, month, day)
    case (2, [4, 2]): return number(parts[1], digits: 2).flatMap { day(year, $0, 1) }
    case (2, [4, 3]) where parts[1].hasPrefix("w"): return number(parts[1].dropFirst(), digits: 2).flatMap { week(year, $0, 1) }
    case (2, [4, 3]): return number(parts[1], digits: 3).flatMap { ordinal(year, $0) }
    case (3, [4, 3, 1]) where parts[1].hasPrefix("w"):
      guard let week = number(parts[1].dropFirst(), digits: 2), let day = number(parts[2], digits: 1) else { return nil }
      return Self.week(year, week, day)
    case (3, [4, 2, 2]):
      guard let month = number(parts[1], digits: 2), let day = number(parts[2], digits: 2) else { return nil }
      return Self.day(year, month, day)
    default: return nil
    }
  }

  static func number(_ text: some StringProtocol, digits: Int) -> Int? {
    guard text.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Midnight of a day; nil where the calendar has none.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Timestamp? {
    Timestamp(text(year, month, day) + "T00:00:00Z")
  }

  static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
    "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  static func padded(_ number: Int, _ digits: Int) -> String {
    String(repeating: "0", count: max(0, digits - String(number).count)) + String(number)
  }

  /// How many days a month has.
  static func dayCount(_ year: Int, _ month: Int) -> Int { (28...31).last { day(year, month, $0) != nil } ?? 31 }

  private static func ordinal(_ year: Int, _ number: Int) -> Timestamp? {
    guard let first = day(year, 1, 1), number >= 1, number <= (day(year, 2, 29) == nil ? 365 : 366) else { return nil }
    return Timestamp(microseconds: first.microseconds + Int64(number - 1) * Moment.dayMicroseconds)
  }

  /// ISO 8601, 5.2.3: week 1 holds 4 January, weeks begin on Monday.
  private static func week(_ year: Int, _ week: Int, _ day: Int) -> Timestamp? {
    guard week >= 1, (1...7).contains(day), let fourth = Self.day(year, 1, 4) else { return nil }
    let number = fourth.bin(ofMicroseconds: Moment.dayMicroseconds)
    let monday = number - ((number + 3) % 7 + 7) % 7 + Int64(week - 1) * 7
    // A week belongs to the year of its Thursday.
    let thursday = Timestamp(microseconds: (monday + 3) * Moment.dayMicroseconds)
    guard thursday.description.hasPrefix(padded(year, 4) + "-") else { return nil }
    return Timestamp(microseconds: (monday + Int64(day - 1)) * Moment.dayMicroseconds)
  }
}
