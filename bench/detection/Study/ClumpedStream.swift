import Glibc
package import Reports

/// A stream for measuring cost: events of two keywords that come in clumps, as real ones do, over many keywords and cells.
///
/// A clump is a geometric number of events that share keywords and cell within one bin.
package struct ClumpedStream: Sendable {
  /// How keywords and cells are chosen.
  package enum Choice: String, CaseIterable, Sendable {
    /// Clumps of three: nearly every clump is a node of its own.
    case uniform
    /// Clumps of thirty: nodes fill up before their bin is over.
    case busy
    /// The n-th most frequent with weight 1/n (Zipf), clumps of three, over ten times the keywords and four times the cells.
    case zipf

    var clumpMean: Double { self == .busy ? 30 : 3 }
    var keywordCount: Int { self == .zipf ? 2_000 : 200 }
    var cellCount: Int { self == .zipf ? 10_000 : 2_500 }
  }

  private let choice: Choice
  private let keywords: [[UInt8]]
  private let places: [Coordinate]
  private let eventsPerBin: Int
  private var random: Random
  private var serial: UInt64 = 0
  private var clumpRest = 0
  private var clumpKeywords = (0, 1)
  private var clumpPlace = 0

  /// A stream over the keywords and about the cells, of one kilometre, of a choice.
  package init(_ choice: Choice, eventsPerBin: Int, seed: UInt64) {
    self.choice = choice
    self.eventsPerBin = eventsPerBin
    random = Random(seed: seed, stream: 6)
    keywords = (0..<choice.keywordCount).map { Array("topic\($0)".utf8) }
    let side = max(1, Int(Double(choice.cellCount).squareRoot()))
    var places = (0..<side * side).map { cell in
      // About a kilometre apart either way at 42°.
      Coordinate(
        latitudeE7: 400_000_000 + Int32(cell / side) * 90_000, longitudeE7: -800_000_000 + Int32(cell % side) * 121_000)
    }
    // The frequent ones must not all lie side by side.
    random.shuffle(&places)
    self.places = places
  }

  /// The next `count` events, one batch; times ascend and a bin is an hour.
  package mutating func next(_ count: Int) -> ReportBatch {
    var batch = ReportBatch(
      producer: Array("study".utf8), epoch: Epoch(high: 0, low: 2), firstSequence: serial + 1,
      receivedAt: time(serial))
    let source = batch.store("study".utf8)
    for _ in 0..<count {
      if clumpRest == 0 { startClump() }
      clumpRest -= 1
      for keyword in [clumpKeywords.0, clumpKeywords.1] { batch.keywords.append(batch.store(keywords[keyword])) }
      let number = serial
      let id = batch.store((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) })
      batch.appendReport(
        time: time(serial), place: places[clumpPlace], accuracyMeters: 0, reporter: 0, source: source, id: id,
        subject: .empty, text: .empty)
      serial += 1
    }
    return batch
  }

  private func time(_ serial: UInt64) -> Timestamp {
    let offset = Int64(serial) * (EngineDriver.binMicroseconds / Int64(eventsPerBin))
    return Timestamp(microseconds: EngineDriver.epoch.microseconds + offset)
  }

  private mutating func startClump() {
    clumpRest = 1
    while random.unit() > 1 / choice.clumpMean { clumpRest += 1 }
    let first = index(below: keywords.count)
    let second = index(below: keywords.count - 1)
    clumpKeywords = (first, second < first ? second : second + 1)
    clumpPlace = index(below: places.count)
  }

  private mutating func index(below count: Int) -> Int {
    switch choice {
    case .uniform, .busy: return random.below(count)
    // The inverse of the logarithmic distribution function, which a sum of 1/n follows closely.
    case .zipf: return min(count - 1, Int(exp(random.unit() * log(Double(count + 1)))) - 1)
    }
  }
}
