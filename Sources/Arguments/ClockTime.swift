/// Reads times of day: `18:00`, `18:00:30.5`, each alone or with a zone, `Z`, `UTC` or an offset such as `-05:00`.
enum ClockTime {
  /// Microseconds since midnight in UTC of the day; a zone may lead out of it.
  ///
  /// - Parameter isBasic: whether `18`, `1800` and `180030` are taken too, as behind the T of ISO 8601.
  static func microseconds(_ words: [String], isBasic: Bool) -> Int64? {
    guard let first = words.first, words.count <= 2 else { return nil }
    let end = first.firstIndex { "z+-".contains($0) } ?? first.endIndex
    var zone = String(first[end...])
    if words.count == 2 {
      guard zone.isEmpty else { return nil }
      zone = words[1]
    }
    guard let offsetMinutes = offsetMinutes(zone), let time = timeOfDay(String(first[..<end]), isBasic: isBasic) else {
      return nil
    }
    return time - offsetMinutes * 60 * Moment.secondMicroseconds
  }

  private static func timeOfDay(_ text: String, isBasic: Bool) -> Int64? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 1 {
      guard isBasic, [2, 4, 6].contains(text.count) else { return nil }
      parts = [text.prefix(2), text.dropFirst(2).prefix(2), text.dropFirst(4)].filter { !$0.isEmpty }.map(String.init)
      if parts.count == 1 { parts.append("00") }
    }
    guard (2...3).contains(parts.count), let hour = whole(parts[0]), let minute = whole(parts[1]), hour < 24, minute < 60
    else { return nil }
    let seconds = parts.count == 3 ? parts[2].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false) : ["0"]
    guard let second = whole(seconds[0]), second < 60, let fraction = fraction(seconds.count == 2 ? seconds[1] : "0") else {
      return nil
    }
    return ((hour * 60 + minute) * 60 + second) * Moment.secondMicroseconds + fraction
  }

  private static func whole(_ text: some StringProtocol) -> Int64? {
    guard (1...2).contains(text.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(text)
  }

  /// Microseconds of the digits behind the point; finer ones are cut off.
  private static func fraction(_ digits: some StringProtocol) -> Int64? {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let six = digits.prefix(6)
    return Int64(six + String(repeating: "0", count: 6 - six.count))
  }

  /// Minutes east of Greenwich of `z`, `utc`, `gmt`, `-05:00`, `-0500` or `-05`; none is UTC.
  private static func offsetMinutes(_ text: String) -> Int64? {
    if ["", "z", "utc", "gmt"].contains(text) { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard [2, 4].contains(digits.count), let hours = whole(digits.prefix(2)), hours < 24,
      let minutes = whole(digits.count == 4 ? digits.suffix(2) : "00"), minutes < 60
    else { return nil }
    return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
  }
}
