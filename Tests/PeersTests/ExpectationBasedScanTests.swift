import Foundation
import Peers
import Testing

/// Against `scan_eb_poisson` of R's `scanstatistics` for brain cancer in New Mexico: expected cases from a Poisson
/// regression on population and year over 1973–1985, circles of at most 15 county seats, years 1986–1989.
struct ExpectationBasedScanTests {
  struct State {
    let counties: [String]
    let scan: ExpectationBasedScan
  }

  static func state(extraCase: Bool = false) throws -> State? {
    guard let places = try ScanFile.columns("NM_geo.csv"), let table = try ScanFile.columns("NM_popcas.csv") else { return nil }
    // Cases of Cibola, split off from Valencia in 1981, are counted to Valencia.
    let kept = places["county", default: []].indices.filter { places["county", default: []][$0] != "cibola" }
    let counties = kept.map { places["county", default: []][$0] }
    let (years, populations, cases) = (table.numbers("year"), table.numbers("population"), table.numbers("count"))
    let past = years.indices.filter { years[$0] < 1986 }
    let model = try #require(
      PoissonRegression(
        design: past.map { [1, years[$0] - 1985] }, response: past.map { cases[$0] },
        offset: past.map { log(populations[$0]) }))
    var counts = [Double](repeating: 0, count: counties.count * 4)
    var baselines = counts
    for row in years.indices where (1986...1989).contains(years[row]) {
      let county = try #require(counties.firstIndex(of: table["county", default: []][row]))
      let at = county * 4 + Int(years[row]) - 1986
      counts[at] = cases[row]
      baselines[at] = populations[row] * exp(model.predictor(of: [1, years[row] - 1985]))
    }
    if extraCase { counts[try #require(counties.firstIndex(of: "losalamos")) * 4] += 1 }
    let zones = CircularZones(
      latitudesDegrees: kept.map { places.numbers("seat_lat")[$0] },
      longitudesDegrees: kept.map { places.numbers("seat_long")[$0] })
    return State(
      counties: counties,
      scan: ExpectationBasedScan(zones: zones, periods: 4, counts: counts, baselines: baselines, maximumPlaces: 15))
  }

  @Test func findsLosAlamosAndSantaFe() throws {
    guard let state = try Self.state() else { return }
    let best = state.scan.clusters().nonOverlapping(limit: 1)
    #expect(Set(best[0].locations.map { state.counties[$0] }) == ["losalamos", "santafe"])
    #expect(best[0].periods == 0...3 && best[0].observed == 43)
    #expect(isPublished(best[0].logLikelihoodRatio, 9.180617), "\(best[0].logLikelihoodRatio)")
  }

  /// The canary: one case more in the cluster is seen.
  @Test func oneCaseMoreMovesTheRatio() throws {
    guard let state = try Self.state(extraCase: true) else { return }
    let best = state.scan.clusters().nonOverlapping(limit: 1)
    #expect(best[0].observed == 44 && best[0].logLikelihoodRatio > 9.5)
  }
}
