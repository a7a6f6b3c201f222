import Peers
import Testing

/// Against SaTScan's results for leukaemia in 281 census tracts of upstate New York (Waller & Gotway 2004), as the tests of
/// R's `smerc` hold them: whole cases, degrees as plane coordinates, at most a tenth of the population in a circle.
struct PoissonScanTests {
  static func scan(extraCaseAt place: Int? = nil) throws -> PoissonScan? {
    guard let table = try ScanFile.columns("nydf.csv") else { return nil }
    var cases = table.numbers("cases").map { $0.rounded(.down) }
    if let place { cases[place] += 1 }
    return PoissonScan(
      zones: CircularZones(x: table.numbers("longitude"), y: table.numbers("latitude")), cases: cases,
      populations: table.numbers("population"), maximumShare: 0.1)
  }

  @Test func findsThePublishedClusters() throws {
    guard let scan = try Self.scan() else { return }
    let found = scan.clusters().nonOverlapping(limit: 2)
    #expect(isPublished(found[0].logLikelihoodRatio, 11.577255))
    #expect(found[0].observed == 85 && abs(found[0].expected - 49.71) < 0.005)
    #expect(
      found[0].locations.map { $0 + 1 } == [
        49, 48, 50, 47, 1, 15, 51, 2, 13, 14, 3, 35, 16, 52, 36, 37, 12, 11, 5, 17, 10, 4, 6, 38, 18, 9,
      ])
    #expect(found[1].observed == 38 && abs(found[1].expected - 17.79) < 0.005)
    #expect(found[1].locations.map { $0 + 1 } == [89, 88, 87, 84, 90, 86, 92, 85])
  }

  /// The canary: one case more in the cluster is seen.
  @Test func oneCaseMoreMovesTheRatio() throws {
    guard let scan = try Self.scan(extraCaseAt: 48) else { return }
    let best = scan.clusters().nonOverlapping(limit: 1)
    #expect(best[0].observed == 86 && best[0].logLikelihoodRatio > 11.7)
  }
}
