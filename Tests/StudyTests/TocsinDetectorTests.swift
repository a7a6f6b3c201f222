import Study
import Testing

/// How what the engine says of a bin becomes a score.
@Suite struct TocsinDetectorTests {
  /// Nothing of note is −∞; sixty reports in a cell that has one in three bins are rarer than anything of an ordinary bin,
  /// and the bin after them has a score of its own windows: the longer ones still hold them.
  @Test func everyBinIsScoredByItsOwnWindows() {
    let side = 6
    var detector = TocsinDetector(.poisson, dialBins: 6, squaredVariation: 0, grid: StudyGrid(side: side), seed: 1)
    var stream = NullStream(.poisson, side: side, seed: 1)
    let learning = (0..<336).map { _ in detector.score(day: stream.next()) }
    #expect(learning.allSatisfy { $0 == -.infinity })
    var ordinary = -Double.infinity
    for _ in 0..<60 { ordinary = max(ordinary, detector.score(day: stream.next())) }
    var counts = stream.next()
    counts[15] += 60
    let loud = detector.score(day: counts)
    #expect(loud > ordinary + 5, "\(loud) after \(ordinary)")
    for _ in 0..<24 { _ = detector.score(day: stream.next()) }
    let later = detector.score(day: stream.next())
    #expect(later < loud - 5, "\(later) after \(loud)")
    #expect(detector.score(day: Array(repeating: 0, count: side * side)) == -.infinity)
  }
}
