import Reports
import Statistics

/// How many texts hold a term: what tells the words of a topic from those that every text has (Spärck Jones 1972).
///
/// A day's texts count from two days later on, so that a weight does not depend on the order in which reports come. Terms are
/// known by a keyed hash, at most `Limits.termCount`; when they are more, counts are halved and what is left with none is forgotten.
struct TermWeights {
  private static let day: Int64 = 86_400_000_000

  private let key: SipHash.Key
  private var counts: [UInt64: UInt32] = [:]
  private var textCount = 0.0
  /// Days that do not count yet.
  private var pending: [Int64: (texts: Double, terms: [UInt64: UInt32])] = [:]
  private var closedDay = Int64.min
  /// The candidates of the text that is looked at, and those that are chosen.
  private var ranked: [(weight: Double, hash: UInt64, index: Int)] = []
  private var chosen: [Int] = []
  /// Terms that were forgotten.
  private(set) var forgottenCount: UInt64 = 0

  init(key: SipHash.Key) { self.key = key }

  /// Chooses the terms of a text by inverse document frequency times ln(2 + document frequency): neither what every text has
  /// nor what no other has.
  ///
  /// - Parameters:
  ///   - keys: Its candidate terms, as rows of `batch.keywordKeys`.
  ///   - limit: How many to choose.
  /// - Returns: Indices in `batch.keywords`, ascending.
  mutating func choose(_ keys: Range<Int>, of batch: ReportBatch, at time: Timestamp, limit: Int) -> [Int] {
    let today = time.bin(ofMicroseconds: Self.day)
    close(before: today - 1)
    // Taken out and put back: so it is looked up once, and not copied.
    var day = pending.removeValue(forKey: today) ?? (texts: 0, terms: [:])
    ranked.removeAll(keepingCapacity: true)
    for index in keys {
      var hasher = SipHash(key: .published)
      hasher.combine(batch.arena.span.extracting(batch.keywordKeys[index].range))
      let hash = hasher.finish()
      let frequency = Double(counts[hash] ?? 0)
      let weight = Elementary.log((textCount + 2) / (frequency + 1)) * Elementary.log(2 + frequency)
      ranked.append((weight, hash, index))
      day.terms[hash, default: 0] += 1
    }
    day.texts += 1
    pending[today] = day
    ranked.sort { ($1.weight, $0.hash) < ($0.weight, $1.hash) }
    chosen.removeAll(keepingCapacity: true)
    for one in ranked.prefix(limit) { chosen.append(one.index) }
    chosen.sort()
    return chosen
  }

  /// Begins anew with the days that come: the clock was set back.
  mutating func restart() {
    closedDay = .min
    pending.removeAll()
  }

  /// Lets the texts of the days before one count.
  private mutating func close(before day: Int64) {
    guard day > closedDay else { return }
    closedDay = day
    for old in pending.keys.filter({ $0 < day }).sorted() {
      guard let gone = pending.removeValue(forKey: old) else { continue }
      textCount += gone.texts
      for (hash, count) in gone.terms { counts[hash, default: 0] += count }
    }
    while counts.count > Limits.termCount {
      textCount /= 2
      let before = counts.count
      counts = counts.compactMapValues { $0 > 1 ? $0 / 2 : nil }
      forgottenCount += UInt64(before - counts.count)
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&counts)
    try coder.code(&textCount)
    try coder.code(&pending, new: (texts: 0, terms: [:])) { (day, coder) throws(StateError) in
      try coder.code(&day.texts)
      try coder.code(&day.terms)
    }
    try coder.code(&closedDay)
    try coder.code(&forgottenCount)
  }
}
