import Engine
import Foundation
import JSON
import Reports
import TestSupport
import Testing

/// What lies near a place, against distances by another formula.
extension StoreCommandTests {
  @Suite struct NearTests {
    @Test(arguments: 0..<3 as Range<UInt64>) func theNearestComeFirst(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      let center = (latitude: 42.32, longitude: -71.07)
      var places: [String: (latitude: Double, longitude: Double, isClosed: Bool)] = [:]
      // Half of what their reports span, in degrees.
      var spans: [String: (north: Double, east: Double)] = [:]
      let store = try DetectionStore { changes in
        let cluster = changes.clusters[0]
        changes.clusters = (0..<200).map { index in
          var copy = cluster
          copy.id = ClusterID(rawValue: UInt64(index + 1) << 40)
          let place = (
            Double.random(in: 42.25..<42.40, using: &generator), Double.random(in: -71.2..<(-70.9), using: &generator)
          )
          copy.centroid = Coordinate(latitude: place.0, longitude: place.1) ?? copy.centroid
          copy.isClosed = Bool.random(using: &generator)
          places[copy.id.description] = (place.0, place.1, copy.isClosed)
          let span = (north: Double.random(in: 0..<0.1, using: &generator), east: Double.random(in: 0..<0.1, using: &generator))
          copy.boundingBox = BoundingBox(
            westE7: Int32((place.1 - span.east) * 1e7), southE7: Int32((place.0 - span.north) * 1e7),
            eastE7: Int32((place.1 + span.east) * 1e7), northE7: Int32((place.0 + span.north) * 1e7))
          spans[copy.id.description] = span
          return copy
        }
      }
      /// Metres by the law of cosines, on the sphere of the same surface as the ellipsoid.
      func meters(_ place: (latitude: Double, longitude: Double, isClosed: Bool)) -> Double {
        let degree = Double.pi / 180
        let cosine =
          sin(center.latitude * degree) * sin(place.latitude * degree) + cos(center.latitude * degree)
          * cos(place.latitude * degree) * cos((place.longitude - center.longitude) * degree)
        return acos(min(1, cosine)) * 6_371_007.2
      }
      func rows(_ flags: [String]) throws -> [JSONValue] {
        try Tocsin.run(
          ["near", "42.32,-71.07", "--kind", "cluster", "--format", "ndjson", "--store", store.path] + flags
        ).output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      }
      for (flags, radius, admits) in [
        (["--within", "4km"], 4_000.0, { !$0 }), (["--within", "2mi", "--state", "any"], 3_218.688, { _ in true }),
        (["--within", "5km", "--state", "closed"], 5_000, { $0 }),
        (["--within", "5km", "--since", "2015-01-01"], 5_000, { _ in true }),
      ] as [([String], Double, (Bool) -> Bool)] {
        let found = try rows(flags)
        func isAround(_ id: String) -> Bool {
          guard let place = places[id], let span = spans[id] else { return false }
          return abs(place.latitude - center.latitude) <= span.north && abs(place.longitude - center.longitude) <= span.east
        }
        let expected = places.filter { admits($0.value.isClosed) && (meters($0.value) <= radius || isAround($0.key)) }
        #expect(expected.contains { meters($0.value) > radius } && expected.contains { !isAround($0.key) }, "seed \(seed)")
        #expect(Set(found.compactMap { $0["id"]?.string }) == Set(expected.keys), "seed \(seed), \(flags)")
        let distances = found.compactMap { $0["distanceMeters"]?.double }
        #expect(distances == distances.sorted() && distances.count == found.count)
        for row in found {
          let place = try #require(places[row["id"]?.string ?? ""])
          #expect(abs((row["distanceMeters"]?.double ?? 0) - meters(place)) < 1, "seed \(seed)")
          #expect(row["isAround"]?.bool == isAround(row["id"]?.string ?? ""), "seed \(seed)")
          // The wind's letters agree with where the place lies, as far as it is plain.
          let wind = row["direction"]?.string ?? ""
          if wind == "N" || wind == "S" { #expect((wind == "N") == (place.latitude > center.latitude)) }
          if wind.hasSuffix("E") { #expect(place.longitude > center.longitude) }
          if wind.hasSuffix("W") { #expect(place.longitude < center.longitude) }
        }
      }
      #expect(try rows(["--within", "5km", "--limit", "3"]).count == 3)
    }

    @Test func aPlaceMayBeAnIdAndMistakesAreTold() throws {
      let store = try DetectionStore()
      let found = try Tocsin.output(["near", DetectionStore.incident.description, "--format", "csv", "--store", store.path])
      #expect(found.contains("\(DetectionStore.incident.description),0,N,"), "\(found)")
      let merged = try Tocsin.run(["near", DetectionStore.absorbed.description, "--store", store.path])
      #expect(merged.status == 0 && merged.complaints.contains("was merged into"))
      for (place, says) in [
        ("-171,42", "write 42,-171"), ("2", "several ids begin"), ("zzzz", "the id of something"),
        (DetectionStore.wholeArea.description, "is the whole area"), ("42.3 -71", "write 42.3,-71"),
      ] {
        let result = try Tocsin.run(["near", "--store", store.path, "--", place])
        #expect(result.status == 2 && result.complaints.contains(says), "\(place): \(result.complaints)")
      }
      let nothing = try Tocsin.run(["near", "10,10", "--store", store.path])
      #expect(nothing.status == 1 && nothing.complaints.contains("wider: --within 10000km (1)"))
    }
  }
}
