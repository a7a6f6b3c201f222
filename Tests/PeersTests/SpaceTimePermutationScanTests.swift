import Foundation
import Peers
import TestSupport
import Testing

/// Against SaTScan's results for its own sample, fever in New York's emergency departments in November 2001.
struct SpaceTimePermutationScanTests {
  struct Fever {
    let zips: [String]
    let scan: SpaceTimePermutationScan
  }

  struct Truth: Decodable {
    struct Run: Decodable {
      let id: String
      let clusters: [Cluster]
    }
    struct Cluster: Decodable {
      let zips: [String]
      let start: String
      let end: String
      let observed: Double
      let expected: Double
      let llr: Double
      let p: Double
    }
    let runs: [Run]
  }

  /// The sample, with one more case at a place and day where asked.
  static func fever(extra: (zip: String, day: Int)? = nil) throws -> Fever? {
    guard let places = try ScanFile.rows("NYCfever.geo", separatedBy: \.isWhitespace),
      let cases = try ScanFile.rows("NYCfever.cas", separatedBy: \.isWhitespace)
    else { return nil }
    let zips = places.map { $0[0] }
    var table = [Int](repeating: 0, count: zips.count * 24)
    for row in cases {
      let place = try #require(zips.firstIndex(of: row[0]))
      let day = try #require(row[2].split(separator: "/").last.flatMap { Int($0) })
      table[place * 24 + day - 1] += try #require(Int(row[1]))
    }
    if let extra { table[try #require(zips.firstIndex(of: extra.zip)) * 24 + extra.day - 1] += 1 }
    let zones = CircularZones(
      latitudesDegrees: places.compactMap { Double($0[1]) }, longitudesDegrees: places.compactMap { Double($0[2]) })
    return Fever(zips: zips, scan: SpaceTimePermutationScan(zones: zones, days: 24, cases: table, maximumDays: 7))
  }

  @Test(arguments: [SpaceTimePermutationScan.Intervals.prospective, .retrospective])
  func findsThePublishedClusters(_ intervals: SpaceTimePermutationScan.Intervals) throws {
    guard let fever = try Self.fever(),
      let file = SharedData.files(in: "truth", suffix: "scan_statistics_nycfever.json").first
    else { return }
    #expect(fever.scan.cases.reduce(0, +) == 194)
    let truth = try JSONDecoder().decode(Truth.self, from: Data(try SharedData.bytes(file)))
    let run = try #require(truth.runs.first { $0.id == "nycfever-\(intervals)" })
    let found = fever.scan.clusters(intervals).nonOverlapping(limit: run.clusters.count)
    #expect(found.count == run.clusters.count)
    for (cluster, published) in zip(found, run.clusters) {
      #expect(isPublished(cluster.logLikelihoodRatio, published.llr))
      #expect(cluster.observed == published.observed)
      #expect(abs(cluster.expected - published.expected) < 0.006)
      #expect(Set(cluster.locations.map { fever.zips[$0] }) == Set(published.zips))
      #expect(published.start.hasSuffix("-\(Self.two(cluster.periods.lowerBound + 1))"))
      #expect(published.end.hasSuffix("-\(Self.two(cluster.periods.upperBound + 1))"))
    }
  }

  @Test func headlineIsFourCasesOfTwoThirds() throws {
    guard let fever = try Self.fever() else { return }
    let found = fever.scan.clusters(.prospective).nonOverlapping(limit: 2)
    #expect(isPublished(found[0].logLikelihoodRatio, 3.845418) && isPublished(found[1].logLikelihoodRatio, 3.164201))
    #expect(found[0].observed == 4 && abs(found[0].expected - 0.67) < 0.005)
    #expect(found[0].locations.count == 9 && found[0].periods == 21...23)
  }

  /// The published p is 0.355 of 999; with 39 the standard error is 0.08.
  @Test func rankAmongPermutationsIsNearThePublished() throws {
    guard let fever = try Self.fever() else { return }
    var generator = SeededGenerator(seed: 355)
    let p = fever.scan.pValue(.prospective, replicates: 39, using: &generator)
    #expect(abs(p - 0.355) < 0.24, "seed 355: \(p)")
  }

  /// The canary: one case more in the cluster is seen.
  @Test func oneCaseMoreMovesTheRatio() throws {
    guard let fever = try Self.fever(extra: ("11418", 24)) else { return }
    let best = fever.scan.clusters(.prospective).nonOverlapping(limit: 1)
    #expect(best[0].observed == 5 && best[0].logLikelihoodRatio > 4.5)
  }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
