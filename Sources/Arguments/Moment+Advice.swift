package import Reports
import Spelling

extension Moment {
  /// What to write instead of a text that means no time; nil where nobody knows.
  package static func advice(_ text: String, now: Timestamp) -> String? {
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard let first = words.first else { return nil }
    if Period.seconds(words.joined()) != nil { return "write \"\(text) ago\"" }
    if Period.hasUnitOfNoLength(text) { return "months and years have no one length: write days, such as \"60d ago\", or a date" }
    let date = first.split(separator: "t", maxSplits: 1).first.map(String.init) ?? first
    if let advice = advice(date: date) { return advice }
    if first.count >= 9, first.count <= 13, let number = Int64(first) {
      let time = Timestamp(microseconds: first.count >= 12 ? number * 1_000 : number * secondMicroseconds)
      return "seconds since 1970 are written as a date: \(time)"
    }
    if words.contains(where: { $0.contains(":") }) {
      return "hours go from 00 to 23, minutes and seconds to 59, and a zone is Z or an offset such as -05:00"
    }
    let known = ["now", "ago", "last", "in"] + dayWords.keys.sorted() + weekdays
    for word in words where !known.contains(word) {
      if let nearest = Spelling.nearest(to: word, in: known) { return "did you mean \(nearest)?" }
    }
    return nil
  }

  /// Of what looks like a date: the day that the calendar does not have, or the order of its parts.
  private static func advice(date: String) -> String? {
    guard let separator = date.first(where: { "-/.".contains($0) }) else { return nil }
    let parts = date.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    func exists(_ year: Int, _ month: Int, _ day: Int) -> String? {
      CalendarDate.day(year, month, day) == nil ? nil : CalendarDate.text(year, month, day)
    }
    if parts[0].count == 4 {
      let (year, month, day) = (numbers[0], numbers[1], numbers[2])
      if let text = exists(year, month, day) { return text == date ? nil : "write \(text)" }
      if let text = exists(year, day, month) { return "a year has 12 months: write \(text)" }
      guard (1...12).contains(month) else { return "a year has 12 months: write YEAR-MONTH-DAY, such as 2015-02-10" }
      let count = CalendarDate.dayCount(year, month)
      guard day > count else { return "days count from 01: write \(CalendarDate.text(year, month, 1))" }
      let next = month == 12 ? CalendarDate.text(year + 1, 1, 1) : CalendarDate.text(year, month + 1, 1)
      return
        "\(CalendarDate.months[month - 1]) \(year) has \(count) days: write \(CalendarDate.text(year, month, count)) or \(next)"
    }
    guard parts[2].count == 4 else { return nil }
    let year = numbers[2]
    let readings = [exists(year, numbers[0], numbers[1]), exists(year, numbers[1], numbers[0])].compactMap { $0 }
    guard let reading = readings.first else { return "write YEAR-MONTH-DAY, such as 2015-02-10" }
    return readings.count == 1 || readings[1] == reading
      ? "write \(reading)" : "the year comes first: write \(reading) or \(readings[1]), whichever is meant"
  }
}
