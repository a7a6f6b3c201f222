extension Place {
  /// What to write instead of a text that is no place; nil where nobody knows.
  package static func advice(_ text: String) -> String? {
    if looksSwapped(text) { return "is the longitude first? write \(swapped(text))" }
    let parts = fields(text)
    if parts.count == 2, let latitude = Double(parts[0]), abs(latitude) > 90 {
      return "latitudes go from -90 to 90, and \(parts[0]) is none"
    }
    if parts.count == 2, let longitude = Double(parts[1]), abs(longitude) > 180 {
      return "longitudes go from -180 to 180, and \(parts[1]) is none"
    }
    let spaced = text.split(separator: " ").joined(separator: ",")
    if coordinate(spaced) != nil { return "write \(spaced)" }
    if parts.count == 4, box(text) != nil { return "that is a box: give it as --bbox" }
    return nil
  }

  /// What to write instead of a text that is no box; nil where nobody knows.
  package static func boxAdvice(_ text: String) -> String? {
    let parts = fields(text)
    let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
    guard parts.count == 4, numbers.count == 4 else {
      if parts.count == 2, coordinate(text) != nil { return "that is a place: give it as --near, with --within" }
      return nil
    }
    func suggestion(_ order: [Int]) -> String? {
      let other = order.map { parts[$0] }.joined(separator: ",")
      return box(other) == nil ? nil : other
    }
    // Each with its latitude first: south, west, north, east.
    if abs(numbers[1]) > 90 || abs(numbers[3]) > 90 {
      if let other = suggestion([1, 0, 3, 2]) { return "is the latitude first? write \(other)" }
      return "latitudes go from -90 to 90, and \(parts[abs(numbers[1]) > 90 ? 1 : 3]) is none"
    }
    if abs(numbers[0]) > 180 || abs(numbers[2]) > 180 {
      return "longitudes go from -180 to 180, and \(parts[abs(numbers[0]) > 180 ? 0 : 2]) is none"
    }
    if numbers[1] > numbers[3], let other = suggestion([numbers[0] > numbers[2] ? 2 : 0, 3, numbers[0] > numbers[2] ? 0 : 2, 1]) {
      return "the south \(parts[1]) lies above the north \(parts[3]): write \(other)"
    }
    if isNearlyRound(text), let other = suggestion([2, 1, 0, 3]) {
      return "from west \(parts[0]) eastward to \(parts[2]) it goes nearly round the Earth: write \(other)"
    }
    return nil
  }

  /// Whether a box goes eastward over more than half the Earth from a west that is greater than its east: the two were mixed up.
  static func isNearlyRound(_ text: String) -> Bool {
    let numbers = fields(text).compactMap { Double($0) }
    return numbers.count == 4 && numbers[0] > numbers[2] && numbers[2] + 360 - numbers[0] > 180
  }

  private static func fields(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
  }

  private static func swapped(_ text: String) -> String { fields(text).reversed().joined(separator: ",") }
}
