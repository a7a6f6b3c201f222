import Engine
import Foundation
import JSON
import Reports
import Testing

/// What is printed of detections, against what was stored.
extension StoreCommandTests {
  @Suite struct DetectionCommandTests {
    private func rows(_ arguments: [String], _ store: DetectionStore) throws -> [JSONValue] {
      try Tocsin.run(arguments + ["--format", "ndjson", "--store", store.path]).output.split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
    }

    private func ids(_ arguments: [String], _ store: DetectionStore) throws -> [String] {
      try rows(arguments, store).compactMap { $0["id"]?.string }
    }

    /// The member names are an interface: they stay as they are, in this order.
    @Test func memberNamesStay() throws {
      let store = try DetectionStore()
      func members(_ arguments: [String]) throws -> [String] { try rows(arguments, store)[0].object?.map(\.name) ?? [] }
      let common = [
        "id", "kind", "keywords", "openedAt", "lastReportAt", "state", "location", "boundingBox", "reportCount", "witnessCount",
        "sourceCount", "observed", "expected", "ratio", "recurrenceIntervalDays", "recurrenceIntervalLocalDays",
        "recurrenceIntervalRobustDays", "alert", "alertedAt", "firstSeenAt", "lastSeenAt",
      ]
      let window = ["isWholeArea", "radiusMeters", "windowStart", "windowEnd"]
      let incident =
        common + ["episodeCount"] + window + ["best", "explainedBy"] + [
          "acknowledgedAt", "acknowledgedBy", "assignee", "noteCount", "memberCount", "mergedInto", "silencedBy",
        ]
      let episode =
        common + ["incident"] + window + ["firstObserved", "firstExpected", "firstRecurrenceIntervalDays", "nearDuplicateCount"]
      #expect(try members(["list"]) == incident)
      #expect(try members(["top", "--by", "incidents"]) == incident)
      #expect(try members(["list", "--kind", "episode"]) == episode)
      #expect(try members(["list", "--kind", "cluster"]) == common + ["nearDuplicateCount", "episode"])
      #expect(try members(["show", "124"]) == incident + ["members", "notes", "silence", "samples"])
      #expect(try members(["explain", "124"]) == incident + ["first", "episodes", "bestEpisode"])
      #expect(
        try members(["explain", DetectionStore.episode.description])
          == episode + [
            "identicalPlaceCount", "first", "baseline", "windowCount", "windows", "cells", "bins", "samples", "clusters",
          ])
      #expect(try members(["sources", "--outages"]) == ["source", "startedAt", "endedAt", "alertedAt", "expectedCount"])
      #expect(
        try members(["health"]) == [
          "profile", "state", "asOf", "coveredDays", "warmUpDays", "shadowDays", "episodeFactor", "healthRatio", "seriesCount",
          "familyCount", "evictedSeriesCount",
        ])
    }

    @Test func listsChooseByKindAlertAndExplanation() throws {
      let store = try DetectionStore()
      let (incident, explained) = (DetectionStore.incident.description, DetectionStore.explained.description)
      let (episode, wholeArea) = (DetectionStore.episode.description, DetectionStore.wholeArea.description)
      #expect(try ids(["list"], store) == [incident])
      #expect(try ids(["list", "--all"], store) == [incident, explained])
      #expect(try ids(["list", "--alerts"], store) == [incident])
      #expect(try ids(["list", "--kind", "episode"], store) == [episode, wholeArea])
      #expect(try ids(["list", "--kind", "episode", "--alerts"], store) == [episode])
      #expect(try ids(["list", "--kind", "episode", "--near", "42.32,-71.07"], store) == [episode])
      #expect(try ids(["list", "--kind", "cluster", "--alerts"], store) == [DetectionStore.cluster.description])
      #expect(try ids(["list", "--keyword", "leak"], store) == [incident])
      #expect(try ids(["list", "--keyword", "volcano"], store) == [])
    }

    @Test func numbersAreThoseThatWereStored() throws {
      let store = try DetectionStore()
      let incident = try rows(["list"], store)[0]
      #expect(incident["recurrenceIntervalDays"]?.double == 1e9, "what never comes is capped")
      #expect(incident["recurrenceIntervalLocalDays"]?.double == 45.5 && incident["recurrenceIntervalRobustDays"]?.double == 0.3)
      #expect(incident["observed"]?.uint64 == 27 && incident["expected"]?.double == 3.1)
      #expect(incident["ratio"]?.double == 27 / 3.1 && incident["witnessCount"]?.uint64 == 27)
      #expect(incident["alertedAt"]?.string == "2015-02-10T15:00:00Z" && incident["radiusMeters"]?.double == 2_000)
      let episodes = try rows(["list", "--kind", "episode"], store)
      #expect(episodes[0]["isWholeArea"] == .bool(false) && episodes[1]["isWholeArea"] == .bool(true))
      #expect(episodes[1]["location"]?.isNull == true && episodes[1]["alert"] == .bool(false))
      // Half the diagonal of 0.04° × 0.05° at 42.3°, by Pythagoras on the sphere of 6,371 km.
      let east = 0.05 * Double.pi / 180 * 6_371_007.2 * cos(42.32 * Double.pi / 180)
      let north = 0.04 * Double.pi / 180 * 6_371_007.2
      let radius = try #require(episodes[1]["radiusMeters"]?.double)
      #expect(abs(radius - (east * east + north * north).squareRoot() / 2) < 3)
      let csv = try Tocsin.output(["list", "--format", "csv", "--store", store.path])
      #expect(csv.contains(",1000000000.0,45.5,0.3,true,"), "\(csv)")
    }

    /// The engine gives the whole area the box of the Earth: half of its diagonal says nothing of where the reports are.
    @Test func aWholeAreaReachesAsFarAsItsReports() throws {
      let store = try DetectionStore { changes in
        let earth = BoundingBox(westE7: -1_800_000_000, southE7: -900_000_000, eastE7: 1_800_000_000, northE7: 900_000_000)
        for index in changes.episodes.indices {
          changes.episodes[index].windows[0].isWholeArea = true
          changes.episodes[index].windows[0].box = earth
        }
        changes.incidents[0].isWholeArea = true
      }
      // 0.05 by 0.04 degrees at 42.32° N are 4.11 by 4.45 kilometres.
      let incident = try #require(try rows(["list"], store).first)
      #expect(abs((incident["radiusMeters"]?.double ?? 0) - 3_029) < 10, "\(incident)")
      let episodes = try rows(["list", "--kind", "episode"], store)
      #expect(abs((episodes[0]["radiusMeters"]?.double ?? 0) - 3_029) < 10 && episodes[1]["radiusMeters"] == .null, "\(episodes)")
    }

    @Test func aLearningBaselineIsSaid() throws {
      let store = try DetectionStore(isLearning: true)
      let result = try Tocsin.run(["list", "--store", store.path])
      #expect(result.status == 1)
      #expect(
        result.complaints.contains("profile storm is still learning") && result.complaints.contains("covered 3.4 of 14 days"))
      #expect(result.complaints.contains("--kind cluster") && !result.complaints.contains("profile city"))
      let clusters = try Tocsin.run(["list", "--kind", "cluster", "--store", store.path])
      #expect(clusters.status == 1 && clusters.complaints == "tocsin: no cluster is listed\n")
      let empty = try DetectionStore(isLearning: true) {
        $0 = Changes(); $0.throughPosition = 1
      }
      for arguments in [["list"], ["list", "--alerts"], ["health"], ["sources", "--outages"], ["top", "--by", "incidents"]] {
        #expect(try Tocsin.run(arguments + ["--store", empty.path]).status == 1, "\(arguments)")
      }
      #expect(try Tocsin.run(["list", "--store", empty.path]).complaints.contains("nothing has been scored yet"))
    }

    @Test func idsOfAllKindsAndMergedOnesLeadOn() throws {
      let store = try DetectionStore()
      for command in ["show", "explain"] {
        for (id, says) in [
          (DetectionStore.incident, "incident   "), (DetectionStore.episode, "episode    "),
          (DetectionStore.cluster, "cluster    "),
        ] {
          #expect(try Tocsin.output([command, "\(id)", "--store", store.path]).hasPrefix("\(says)\(id)"), "\(command)")
        }
        let merged = try Tocsin.run([command, "\(DetectionStore.absorbed)", "--store", store.path])
        #expect(merged.status == 0 && merged.complaints.contains("was merged into \(DetectionStore.incident)"))
        #expect(try Tocsin.run([command, "2", "--store", store.path]).status == 2)
        #expect(try Tocsin.run([command, "1", "--kind", "cluster", "--store", store.path]).status == 1)
      }
    }

    @Test func sourcesAreMarked() throws {
      let store = try DetectionStore()
      let sources = try rows(["sources"], store)
      #expect(sources.map { $0["isPlaceSuspect"] } == [.bool(true), .bool(false)])
      #expect(sources.map { $0["isStopped"] } == [.bool(false), .bool(true)])
      #expect(sources.map { $0["commonestPlaceShare"]?.double } == [0.47, 0.46])
      #expect(sources.map { $0["role"]?.string } == ["public", "staff"])
      let outages = try rows(["sources", "--outages"], store)
      #expect(outages.map { $0["source"]?.string } == ["/boston/app", "/boston/311"])
      #expect(outages.map { $0["endedAt"]?.isNull } == [true, false])
      #expect(try Tocsin.run(["sources", "--outages", "--producers", "--store", store.path]).status == 2)
    }
  }
}
