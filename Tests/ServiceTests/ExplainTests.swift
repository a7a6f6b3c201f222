import Engine
import Foundation
import JSON
import Testing

/// The arithmetic that `explain` prints adds up, read back from the text as a person would.
extension StoreCommandTests {
  @Suite struct ExplainTests {
    private func text(_ store: DetectionStore, _ id: ClusterID = DetectionStore.episode) throws -> String {
      try Tocsin.output(["explain", "\(id)", "--store", store.path])
    }

    /// The number that follows a mark: digits, commas, a point, an exponent.
    private func number(after mark: String, in text: Substring) -> Double? {
      guard let range = text.range(of: mark) else { return nil }
      let digits = text[range.upperBound...].prefix { $0.isNumber || ",.e-".contains($0) }
      return Double(digits.filter { $0 != "," }.reversed().drop { ",.e-".contains($0) }.reversed().map(String.init).joined())
    }

    /// The printed windows, each from its number on.
    private func windows(_ text: String) throws -> [Substring] {
      let start = try #require(text.range(of: "windows that fired") ?? text.range(of: "Every window that fired"))
      let section = text[start.upperBound...].components(separatedBy: "\n\n")[0]
      return section.components(separatedBy: "Y = ").dropFirst().map { Substring("Y = " + $0) }
    }

    @Test(arguments: [(-26.467_9, 12_345, 30), (-9.5, 1, 1), (-700, 2_000_000, 60), (-0.2, 7, 2)])
    func thePrintedPartsGiveThePrintedInterval(logTail: Double, series: Int, families: Int) throws {
      let store = try DetectionStore {
        $0.episodes[0].windows = [DetectionStore.window(logTail, series: UInt64(series), families: families)]
      }
      let window = try #require(try windows(text(store)).first)
      let probability = try #require(number(after: "P = ", in: window))
      let ticks = try #require(number(after: "÷ 0.9 × ", in: window))
      #expect(number(after: "N = ", in: window) == Double(series) && number(after: "F = ", in: window) == Double(families))
      #expect(number(after: "Y = ", in: window) == 27 && number(after: "M = ", in: window) == 3.1)
      #expect(ticks == 24 && number(after: "over ", in: window) == 4)
      let expected = 0.9 / (probability * Double(series) * Double(families) * ticks)
      guard expected > 0.01, expected < 1e12 else { return }
      let printed = try #require(number(after: "→ once in ", in: window))
      #expect(abs(printed / expected - 1) < 0.01, "\(window)")
    }

    @Test func aNovelSeriesTellsItsShare() throws {
      let store = try DetectionStore()
      let all = try windows(text(store))
      #expect(all.count == 2)
      #expect(!all[0].contains("novel") && all[1].contains("novel series"), "\(all)")
      #expect(number(after: "n = ", in: all[1]) == 3)
      let share = try #require(number(after: "÷ 0.1 · 6/(π²n²) = ", in: all[1]))
      #expect(abs(share / (0.1 * 6 / pow(3 * Double.pi, 2)) - 1) < 0.02)
      let expected = share / (try #require(number(after: "P = ", in: all[1])) * 30 * 24)
      let printed = try #require(number(after: "→ once in ", in: all[1]))
      #expect(abs(printed / expected - 1) < 0.02, "\(all[1])")
    }

    /// What is novel is stored, not inferred.
    @Test func noveltyIsWhatTheStoreSays() throws {
      let store = try DetectionStore {
        $0.episodes[0].windows[0].nominalRecurrenceIntervalDays *= 1.5
        $0.episodes[0].windows[1].isNovel = false
      }
      #expect(try windows(text(store)).allSatisfy { !$0.contains("novel") })
    }

    /// Of a store that says what its alerts need, the words are held against that; of another nothing is said.
    @Test func theDialIsTheStores() throws {
      let store = try DetectionStore(settings: "detection.falseAlarmsPerDay=0.02\n")
      let text = try text(store)
      #expect(text.contains("less unusual without what the whole area shares"), "\(text)")
      #expect(text.contains("once in 46 days (an alert needs 50 days)"), "\(text)")
      #expect(!(try self.text(DetectionStore())).contains("an alert needs"))
    }

    @Test func otherFormsOfTheWordsAreFound() throws {
      func ids(_ store: DetectionStore, _ words: String, kind: String) throws -> [String] {
        let result = try Tocsin.run([
          "list", "--all", "--kind", kind, "--keyword", words, "--format", "ndjson", "--store", store.path,
        ])
        return try result.output.split(separator: "\n").compactMap { try JSONValue(parsing: Array($0.utf8))["id"]?.string }
      }
      let english = try DetectionStore(settings: "detection.language=\"english\"\n")
      #expect(try ids(english, "Smells", kind: "cluster") == [DetectionStore.cluster.description])
      #expect(try ids(english, "eggs", kind: "episode") == [DetectionStore.episode.description], "a twin's keyword")
      #expect(try ids(english, "egg", kind: "episode") == [DetectionStore.episode.description])
      #expect(try ids(english, "fire", kind: "episode") == [])
      // The canary: without stems only the form itself is found.
      #expect(try ids(DetectionStore(settings: "detection.language=\"none\"\n"), "Smells", kind: "cluster") == [])
    }

    @Test func everythingElseIsTold() throws {
      let store = try DetectionStore()
      let text = try text(store)
      for phrase in [
        "27 witnesses where 3.1 were expected", "9 witnesses where 1.2 were expected", "once in 3 years", "once in 34 days",
        "also unusual without what the whole area shares: once in 46 days", "rests on one source: without the most prolific",
        "60 % of the reports stand at the very same coordinates", "and 12 nearly the same",
        "19 reports a day", "season (× 1.20)", "43 covered days", "12 % of it is not learned here",
        "14700/4003", "8 other cells: 2 for 1.2", "2015-02-10T16:00:00Z  12 for 0.78", "of the 117 windows",
        "calibrated 1,240 days", "also told under: rotten egg", "incident   \(DetectionStore.incident)",
        "\(DetectionStore.cluster)",
        "alerted at 2015-02-10T15:00:00Z",
      ] {
        #expect(text.contains(phrase), "\(phrase) is missing in\n\(text)")
      }
      let incident = try self.text(store, DetectionStore.incident)
      #expect(incident.contains("\(DetectionStore.wholeArea)  gas leak") && incident.contains("The best episode"))
      #expect(incident.contains("once in >1000 years"))
      #expect(try self.text(store, DetectionStore.explained).contains("by incident \(DetectionStore.incident)"))
      #expect(try self.text(store, DetectionStore.cluster).contains("it hangs below episode \(DetectionStore.episode)"))
      let half = try DetectionStore { $0.episodes[0].identicalPlaceCount = 20 }
      #expect(!(try self.text(half)).contains("default geocode"), "exactly half is not most")
      let single = try DetectionStore { $0.episodes[0].sourceCount = 1 }
      #expect(try self.text(single).contains("rests on one source: without it"))
    }

    @Test func jsonHasEveryStoredNumber() throws {
      let store = try DetectionStore()
      let output = try Tocsin.output(["explain", "\(DetectionStore.episode)", "--format", "json", "--store", store.path])
      let json = try JSONValue(parsing: Array(output.utf8))
      let stored = DetectionStore.episode(DetectionStore.episode, keyword: 0)
      let windows = try #require(json["windows"]?.array)
      #expect(windows.count == 2 && json["windowCount"]?.uint64 == 117)
      for (window, expected) in zip(windows, stored.windows) {
        #expect(window["logTailProbability"]?.double == expected.logTailProbability)
        #expect(window["nominalRecurrenceIntervalDays"]?.double == expected.nominalRecurrenceIntervalDays)
        #expect(window["seriesCount"]?.uint64 == expected.seriesCount && window["familyCount"]?.uint64 == 30)
        #expect(window["isNovel"] == .bool(expected.isNovel))
        #expect(window["varianceRatio"]?.double == 1.9 && window["dispersion"]?.double == 1.6)
        #expect(window["ticksPerDay"]?.double == 24 && window["durationBins"]?.uint64 == 4)
      }
      #expect(json["baseline"]?["priorShare"]?.double == 0.12 && json["baseline"]?["guardDays"]?.double == 1)
      #expect(json["cells"]?.array?.map { $0["observed"]?.uint64 } == stored.cells.map { $0.observed })
      #expect(json["bins"]?.array?.map { $0["expected"]?.double } == stored.bins.map { $0.expected })
      #expect(json["samples"]?.array?.map { $0["nearDuplicateCount"]?.uint64 } == [0, 12, 0])
      #expect(json["first"]?["recurrenceIntervalDays"]?.double == 34.2)
      #expect(json["clusters"]?.array?.map(\.string) == [DetectionStore.cluster.description])
    }

    @Test func hostileNamesAreHarmless() throws {
      let store = try DetectionStore { $0.keywords[0].text = Array("gas\u{1b}]0;owned\u{7} \u{202e}".utf8) }
      for command in ["show", "explain"] {
        for id in [DetectionStore.episode, DetectionStore.incident, DetectionStore.cluster] {
          let output = try Tocsin.output([command, "\(id)", "--store", store.path])
          #expect(!output.unicodeScalars.contains { [0x1b, 0x07, 0x202e].contains($0.value) }, "\(command) \(id)")
        }
      }
    }
  }
}
