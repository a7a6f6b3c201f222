import Engine
import Reports

/// Reports made as rows, without JSON, and told to an engine.
struct RowFeed {
  struct Place {
    var keyword: Int
    /// Another keyword of the same report.
    var companion: Int?
    var latitudeE7: Int32
    var longitudeE7: Int32
    /// What is said of it, where anything is.
    var text: String?
    /// How long ago it was.
    var ageMicroseconds: Int64 = 0

    static let keywordCount = 200

    /// One of many places that all lie apart: a square of cells for each keyword, with room between two of them.
    static func apart(_ number: Int) -> Place {
      let (keyword, cell) = (number % keywordCount, number / keywordCount)
      return Place(
        keyword: keyword, latitudeE7: Int32(400_000_000 + cell / width * 200_000),
        longitudeE7: Int32(-700_000_000 + cell % width * 200_000))
    }

    /// The same, told of under two keywords: two nodes each.
    static func paired(_ number: Int) -> Place {
      var place = apart(number)
      place.companion = keywordCount + place.keyword
      return place
    }

    /// How many of them lie side by side.
    private static let width = 128
  }

  private static let batchSize = 4_096

  var time = EventStream.start * 1_000_000
  /// The identity of the next report; set back, what was told comes again.
  var serial = 0
  private var position: UInt64 = 0
  private var sequence = 0

  /// Has reports told, each at a place, or at none: then it has no keyword either.
  ///
  /// - Returns: What the engine has used for them, and not what it took to make them.
  @discardableResult
  mutating func tell(_ engine: inout Engine, count: Int, place: (_ number: Int) -> Place?) -> Usage {
    var sum = Usage()
    for start in stride(from: 0, to: count, by: Self.batchSize) {
      let batch = batch(start..<min(start + Self.batchSize, count), place)
      let position = nextPosition()
      sum = sum + Usage.of { _ = engine.apply(batch, at: position) }
    }
    return sum
  }

  /// Where in a journal the next batch would stand.
  mutating func nextPosition() -> Range<UInt64> {
    position += 1
    return position - 1..<position
  }

  /// The next batch, with an event for each number.
  mutating func batch(_ numbers: Range<Int>, _ place: (_ number: Int) -> Place?) -> ReportBatch {
    var batch = BenchStore.batch(at: sequence)
    for number in numbers {
      let source = batch.store("/bench".utf8)
      let place = place(number)
      if let place { batch.keywords.append(batch.store("topic \(place.keyword)".utf8)) }
      if let companion = place?.companion { batch.keywords.append(batch.store("topic \(companion)".utf8)) }
      batch.appendReport(
        time: Timestamp(microseconds: time - (place?.ageMicroseconds ?? 0)),
        place: place.map { Coordinate(latitudeE7: $0.latitudeE7, longitudeE7: $0.longitudeE7) }, accuracyMeters: 0,
        reporter: UInt64(serial) + 1, source: source, id: batch.store("\(serial)".utf8), subject: .empty,
        text: place?.text.map { batch.store($0.utf8) } ?? .empty)
      serial += 1
    }
    sequence += numbers.count
    return batch
  }
}
