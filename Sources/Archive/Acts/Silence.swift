import Engine
package import Reports

/// What is not to be listed: where, about what, and when by the time of the reports.
package struct Silence: Equatable, Sendable {
  /// Zero before it is stored.
  package var number: UInt64 = 0
  /// Words that a keyword holds, all of them and each whole; empty for any keyword.
  package var keywordWords: [String] = []
  /// Nil for everywhere, the whole area included.
  package var area: SilenceArea?
  /// It hides what has its last report in this half-open interval, unless it ends before.
  package var startsAt: Timestamp
  package var endsAt: Timestamp
  /// It ends where nothing of it was reported for so long.
  package var idleMicroseconds: Int64
  package var reason: String
  package internal(set) var begunBy = ""
  package internal(set) var begunAt = Timestamp(microseconds: 0)
  /// Before `endsAt`, by the time of the reports: an analyst ended it, or it lapsed and somebody wrote that down.
  package internal(set) var endedAt: Timestamp?
  package internal(set) var endedBy: String?

  package init(startsAt: Timestamp, endsAt: Timestamp, idleMicroseconds: Int64, reason: String) {
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.idleMicroseconds = idleMicroseconds
    self.reason = reason
  }

  /// Whether it is of a place and time, whatever its end is and whatever it is about.
  func admits(lastReportAt: Timestamp, place: Coordinate?) -> Bool {
    startsAt <= lastReportAt && lastReportAt < endedAt ?? endsAt && holds(place)
  }

  /// - Parameter place: nil for the whole area.
  func holds(_ place: Coordinate?) -> Bool {
    guard let area else { return true }
    return place.map { area.contains($0) } ?? false
  }

  /// When it ended by itself: the first moment after which nothing of it was reported for the idle time; nil while that is to come.
  ///
  /// - Parameters:
  ///   - reported: from the first to the last report of each incident of its place, ascending by the first.
  ///   - now: the newest time of the reports.
  ///   - isAbout: whether an incident is of its keyword; asked only where that matters.
  /// - Complexity: O(n), and a question for each that makes it last longer, or might.
  package func lapse<Failure: Error>(
    reported: some Sequence<ClosedRange<Timestamp>>, now: Timestamp, isAbout: (_ index: Int) throws(Failure) -> Bool
  ) throws(Failure) -> Timestamp? {
    var quietSince = startsAt.microseconds
    for (index, range) in reported.enumerated() where range.upperBound.microseconds > quietSince {
      if range.lowerBound >= endsAt || range.lowerBound.microseconds >= quietSince + idleMicroseconds { break }
      if try isAbout(index) { quietSince = range.upperBound.microseconds }
    }
    let lapse = Timestamp(microseconds: quietSince + idleMicroseconds)
    return lapse < endsAt && lapse <= now ? lapse : nil
  }
}

extension Silence: CustomStringConvertible {
  /// What it hides, where and when, in a line.
  package var description: String {
    let words = keywordWords.isEmpty ? "any keyword" : "keyword \"\(keywordWords.joined(separator: " "))\""
    return "\(words), \(area.map { "\($0)" } ?? "everywhere"), \(startsAt) to \(endsAt)"
  }
}
