import Reports

/// What is kept of one source beside its ledger: its budget of new keywords, its newest texts, its commonest places.
struct SourceState {
  private static let textCount = 32
  /// A place's count falls short by at most one report in so many: half of the reports show as 0.47 or more.
  private static let placeCount = 32
  private static let day: Int64 = 86_400_000_000

  struct Place {
    var place: Coordinate
    var count: UInt64
  }

  let rule: SourceRule
  private var budgetDay = Int64.min
  private var newKeywordCount = 0
  private var texts: [UInt64] = []
  private var nextText = 0
  /// Places and their counts, by Misra & Gries (1982): one that half of the reports stand at is always among them.
  private var places: [Place] = []

  init(rule: SourceRule) { self.rule = rule }

  /// Whether the source may bring one more keyword that nobody has brought before, on the day of a report.
  mutating func mayAddKeyword(at time: Timestamp, limit: Int) -> Bool {
    let day = time.bin(ofMicroseconds: Self.day)
    // A report of an older day draws on the newest day's budget: going back and forth brings no more.
    if day > budgetDay {
      budgetDay = day
      newKeywordCount = 0
    }
    guard newKeywordCount < limit else { return false }
    newKeywordCount += 1
    return true
  }

  /// Whether a text nearly repeats one of the source's newest: SimHashes at most three bits apart.
  mutating func isNearDuplicate(_ text: UInt64) -> Bool {
    let isNear = texts.contains { known in
      // The lowest bit taken away three times: the processors at hand need not have an instruction that counts them.
      var bits = known ^ text
      for _ in 0..<3 { bits &= bits &- 1 }
      return bits == 0
    }
    if texts.count < Self.textCount {
      texts.append(text)
    } else {
      texts[nextText] = text
      nextText = (nextText + 1) % Self.textCount
    }
    return isNear
  }

  /// Counts a place.
  ///
  /// - Returns: Reports at the commonest place, as far as it is known: never too many.
  mutating func count(_ place: Coordinate) -> UInt64 {
    if let known = places.firstIndex(where: {
      $0.place.latitudeE7 == place.latitudeE7 && $0.place.longitudeE7 == place.longitudeE7
    }) {
      places[known].count += 1
    } else if places.count < Self.placeCount {
      places.append(Place(place: place, count: 1))
    } else {
      for index in places.indices { places[index].count -= 1 }
      places.removeAll { $0.count == 0 }
    }
    return places.reduce(0) { max($0, $1.count) }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&budgetDay)
    try coder.code(&newKeywordCount)
    try coder.code(&texts)
    try coder.code(&nextText)
    try coder.code(&places)
  }
}
