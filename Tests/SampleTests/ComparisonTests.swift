import JSON
import Reports
import Sample
import Testing

@Suite struct ComparisonTests {
  let incidents = SampleStreamTests.stream(seed: 1, events: 1_000).incidents

  /// A line as `tocsin list --format ndjson` writes it, for a cluster that is exactly what was planted.
  func line(
    _ incident: Incident, id: String, keyword: String? = nil, minutesLate: Int64 = 0, north: Double = 0, witnesses: Int = 20
  ) -> String {
    let late = minutesLate * 60_000_000
    let opened = Timestamp(microseconds: incident.startsAt.microseconds + late)
    let last = Timestamp(microseconds: incident.endsAt.microseconds + late)
    return """
      {"id":"\(id)","keywords":["\(keyword ?? incident.keyword)"],"openedAt":"\(opened)","lastReportAt":"\(last)",\
      "state":"closed","location":{"type":"Point","coordinates":[\(incident.place.longitude),\
      \(incident.place.latitude + north / 111_195)]},"boundingBox":[-69,44,-68,45],"reportCount":\(incident.reportCount),\
      "witnessCount":\(witnesses),"sourceCount":2}
      """
  }

  func cluster(_ line: String) throws -> FoundCluster {
    try #require(FoundCluster(try JSONValue(parsing: Array(line.utf8))))
  }

  func ideal() throws -> [FoundCluster] {
    try incidents.enumerated().map { try cluster(line($1, id: "c\($0)")) }
  }

  @Test func idealClustersAreAllFound() throws {
    let comparison = Comparison(incidents, try ideal())
    #expect(comparison.foundCount == 5)
    #expect(comparison.isComplete)
    #expect(comparison.rows.map { $0.match?.distanceMeters } == [0, 0, 0, 0, 0])
    #expect(comparison.description.hasSuffix("5 of 5 planted incidents found; no further clusters.\n"))
  }

  @Test(arguments: 0..<5)
  func aClusterThatIsNotThereIsMissed(index: Int) throws {
    var clusters = try ideal()
    clusters.remove(at: index)
    let comparison = Comparison(incidents, clusters)
    #expect(comparison.foundCount == 4)
    #expect(!comparison.isComplete)
    #expect(comparison.rows[index].match == nil)
    #expect(comparison.description.contains("missed"))
  }

  /// Checks whether one cluster, moved or changed, is still taken for the first incident.
  func check(_ line: String, found: Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let comparison = Comparison([incidents[0]], [try cluster(line)])
    #expect(comparison.isComplete == found, sourceLocation: sourceLocation)
    #expect(comparison.further.count == (found ? 0 : 1), sourceLocation: sourceLocation)
  }

  @Test func keywordTimeAndPlaceDecide() throws {
    let incident = incidents[0]
    let duration = (incident.endsAt.microseconds - incident.startsAt.microseconds) / 60_000_000
    try check(line(incident, id: "a", keyword: "pothole"), found: false)
    try check(line(incident, id: "a", north: 1_490), found: true)
    try check(line(incident, id: "a", north: -1_510), found: false)
    try check(line(incident, id: "a", minutesLate: duration + 60), found: true)
    try check(line(incident, id: "a", minutesLate: duration + 61), found: false)
    try check(line(incident, id: "a", minutesLate: -duration - 60), found: true)
    try check(line(incident, id: "a", minutesLate: -duration - 61), found: false)
  }

  @Test func mostWitnessesWinThenTheNearest() throws {
    let incident = incidents[0]
    let clusters = try [
      cluster(line(incident, id: "few", witnesses: 3)), cluster(line(incident, id: "far", north: 900)),
      cluster(line(incident, id: "near", north: 100)), cluster(line(incident, id: "middle", north: 500)),
    ]
    let comparison = Comparison([incident], clusters)
    #expect(comparison.rows[0].match?.cluster.id == "near")
    #expect(abs((comparison.rows[0].match?.distanceMeters ?? 0) - 100) < 1)
    #expect(
      comparison.description.hasSuffix("1 of 1 planted incidents found; 3 further clusters, the largest with 20 witnesses.\n"))
  }

  @Test func theTableIsAligned() throws {
    let rows = Comparison(incidents, try ideal()).description.split(separator: "\n").prefix(6)
    let starts = rows.map { row in row.distance(from: row.startIndex, to: row.lastIndex(of: " ") ?? row.startIndex) }
    #expect(Set(starts).count == 1)
  }

  @Test func theTruthSurvivesItsFile() throws {
    let value = try JSONValue(parsing: Incident.encode(incidents))
    #expect(Incident.decode(value) == incidents)
    #expect(Incident.decode(.array([.object([])])) == nil)
    #expect(Incident.decode(.null) == nil)
  }

  @Test(arguments: ["id", "keywords", "openedAt", "lastReportAt", "reportCount", "witnessCount"])
  func aMissingMemberIsRefused(name: String) throws {
    let value = try JSONValue(parsing: Array(line(incidents[0], id: "a").utf8))
    let members = try #require(value.object).filter { $0.name != name }
    #expect(FoundCluster(.object(members)) == nil)
  }

  @Test func aNegativeCountIsRefused() throws {
    let text = line(incidents[0], id: "a", witnesses: .min)
    #expect(FoundCluster(try JSONValue(parsing: Array(text.utf8))) == nil)
  }

  @Test func aClusterWithoutPlaceMatchesNothing() throws {
    let value = try JSONValue(parsing: Array(line(incidents[0], id: "a").utf8))
    let members = try #require(value.object).filter { $0.name != "location" }
    let found = try #require(FoundCluster(.object(members)))
    #expect(!Comparison([incidents[0]], [found]).isComplete)
  }
}
