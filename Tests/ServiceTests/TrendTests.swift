import Foundation
import JSON
import TestSupport
import Testing

/// A series and its baseline, against counts that are made up by rule.
extension StoreCommandTests {
  @Suite struct TrendTests {
    /// Monday, 5 January 2026.
    private static let start = 1_767_571_200
    private static let weekCount = 11

    /// Reports of hour h: more by day than by night, and more in some weeks; half of them at another place.
    private static func count(_ hour: Int) -> Int { (hour % 24 >= 8 ? 2 : 0) + (hour / 168) % 3 * (hour % 24 == 12 ? 3 : 0) }

    /// The first hour of which the store knows, by what it says of its baselines.
    private func firstHour(_ store: String) throws -> Int {
      let health = try JSONValue(parsing: Array(Tocsin.output(["health", "--format", "json", "--store", store]).utf8))
      let row = try #require(health.array?.first ?? health)
      let asOf = try #require(ISO8601DateFormatter().date(from: row["asOf"]?.string ?? ""))
      let covered = try #require(row["coveredDays"]?.double)
      return Int(((asOf.timeIntervalSince1970 - covered * 86_400 - Double(Self.start)) / 3_600).rounded(.up))
    }

    /// What the document says is usual, by its words: sums over all hours before, for each stretch anew.
    private struct Oracle {
      var counts: [Double] = []
      let first: Int

      private func age(_ hour: Int, _ end: Int) -> Double { exp2(-Double(end - 1 - hour) / (28 * 24)) }

      init(first: Int, hours: Int, count: (Int) -> Int) {
        self.first = first
        for hour in first..<hours {
          var value = Double(count(hour))
          let exposure = (first..<hour).reduce(0) { $0 + age($1, hour) }
          if exposure >= 24 {
            let mean = 2 * zip(first..<hour, counts).reduce(0) { $0 + age($1.0, hour) * $1.1 } / exposure
            value = min(value, mean + 6 * (1.5 * mean).squareRoot() + 2)
          }
          counts.append(value)
        }
      }

      /// A Monday began at hour 0 in UTC; the place is five hours behind.
      private func local(_ hour: Int) -> (day: Int, hour: Int) {
        let slot = (hour - 5 + 168) % 168
        return (slot / 24, slot % 24)
      }

      func usual(_ hour: Int, _ length: Int) -> Double {
        let end = hour - 24
        let past = Array(zip(first..<end, counts))
        let rate = past.reduce(0) { $0 + age($1.0, end) * $1.1 } / past.reduce(0) { $0 + age($1.0, end) }
        func factors(_ slots: Int, _ slot: (Int) -> Int?) -> [Double] {
          var (sums, covered) = (Array(repeating: 0.0, count: slots), Array(repeating: 0.0, count: slots))
          for (hour, count) in past {
            guard let index = slot(hour) else { continue }
            let weight = pow(0.5, Double((end - first) / 168 - (hour - first) / 168) / 8)
            sums[index] += weight * count
            covered[index] += weight
          }
          let (total, all) = (sums.reduce(0, +), covered.reduce(0, +))
          let raw = zip(sums, covered).map { ($0 + 12) / ($1 / all * total + 12) }
          return raw.map { $0 * Double(slots) / raw.reduce(0, +) }
        }
        let days = factors(7) { local($0).day }
        let weekdays = factors(24) { local($0).day < 5 ? local($0).hour : nil }
        let weekends = factors(24) { local($0).day < 5 ? nil : local($0).hour }
        return (hour..<hour + length).reduce(0) { sum, hour in
          let (day, hour) = local(hour)
          return sum + rate * days[day] * (day < 5 ? weekdays : weekends)[hour]
        }
      }
    }

    private func store(_ folder: TemporaryFolder) throws -> String {
      var lines: [String] = []
      for hour in 0..<168 * Self.weekCount {
        for number in 0..<Self.count(hour) {
          let time = Date(timeIntervalSince1970: Double(Self.start + hour * 3_600 + number * 60))
          let latitude = number % 2 == 0 ? 42.3 : 43.3
          lines.append(
            "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"city\",\"id\":\"\(lines.count)\",\"time\":\""
              + ISO8601DateFormatter().string(from: time)
              + "\",\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[-71.1,\(latitude)]},\"keywords\":[\"snow\"]}}")
        }
      }
      try Stream.write(lines, to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", folder.path("store")]).status == 0)
      return folder.path("store")
    }

    private func rows(_ flags: [String], _ store: String) throws -> [JSONValue] {
      let result = try Tocsin.run(["trend", "--keyword", "snow", "--format", "ndjson", "--store", store] + flags)
      #expect(result.status == 0, "\(result.complaints)")
      return try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    @Test func countsAndUsualCountsAreThoseOfTheRule() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      let known = try firstHour(store)
      /// Reports of so many hours from one on; nil for all places.
      func sum(_ hour: Int, _ hours: Int, isHere: Bool = false) -> Int {
        (hour..<hour + hours).reduce(0) { $0 + (isHere ? (Self.count($1) + 1) / 2 : Self.count($1)) }
      }
      for (flags, hours, isHere) in [
        (["--every", "1h"], 1, false), (["--every", "6h"], 6, false), (["--every", "1d"], 24, false),
        (["--every", "6h", "--near", "42.3,-71.1"], 6, true),
      ] {
        let oracle = Oracle(first: known, hours: 10 * 168) { sum($0, 1, isHere: isHere) }
        // The tenth week: nine precede.
        let found = try rows(flags + ["--since", "2026-03-09", "--until", "2026-03-16"], store)
        #expect(found.count == 168 / hours)
        for (index, row) in found.enumerated() {
          let hour = 9 * 168 + index * hours
          let start = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(Self.start + hour * 3_600)))
          #expect(row["startsAt"]?.string == start)
          #expect(row["reportCount"]?.uint64 == UInt64(sum(hour, hours, isHere: isHere)), "\(flags) \(start)")
          let usual = oracle.usual(hour, hours)
          #expect(abs((row["usualCount"]?.double ?? -1) - usual) < 1e-9 * (1 + usual), "\(flags) \(start)")
          #expect(row["usualBasis"]?.string == "season")
        }
      }
      // Where less than four weeks and a day are known it is the mean of those.
      let young = try rows(["--every", "1d", "--since", "2026-01-30", "--until", "2026-02-05"], store)
      #expect(young.map { $0["usualBasis"]?.string } == (25...30).map { ($0 - 1) * 24 - known >= 4 * 168 ? "season" : "weeks" })
      let mean = Double((1...3).reduce(0) { $0 + sum(25 * 24 - $1 * 168, 24) }) / 3
      #expect(young[0]["usualCount"]?.double == mean)
      // Weeks begin on Monday; of the first two nobody knows what is usual.
      let weeks = try rows(["--every", "1w", "--since", "2026-01-05", "--until", "2026-03-16"], store)
      #expect(weeks.count == 10 && weeks.allSatisfy { $0["startsAt"]?.string?.hasSuffix("T00:00:00Z") ?? false })
      #expect(weeks[0]["startsAt"]?.string == "2026-01-05T00:00:00Z" && weeks[0]["reportCount"]?.uint64 == UInt64(sum(0, 168)))
      #expect(weeks[0]["usualCount"]?.isNull == true && weeks[1]["usualCount"]?.isNull == true)
      #expect(weeks[3]["usualBasis"]?.string == "weeks" && weeks[9]["usualBasis"]?.string == "season")
      // Without a time it is the last week of what the store has seen.
      #expect(try rows(["--every", "1d"], store).last?["startsAt"]?.string == "2026-03-22T00:00:00Z")
    }

    @Test func itIsDrawnAndMistakesAreTold() throws {
      let folder = try TemporaryFolder()
      let store = try store(folder)
      let base = ["trend", "--keyword", "snow", "--store", store]
      let plot = folder.path("plot.svg")
      let text = try Tocsin.output(base + ["--since", "2026-03-09", "--until", "2026-03-11", "--plot", plot])
      #expect(text.hasPrefix("snow, every 1 hour: ") && text.contains("reports   ") && text.contains("usual     "), "\(text)")
      #expect(
        try Child.run([
          "python3", "-c",
          "import sys,xml.dom.minidom as m; d=m.parse(sys.argv[1]); assert len(d.getElementsByTagName('title'))==48 and d.getElementsByTagName('polyline')",
          plot,
        ]) == 0)
      for (flags, says) in [
        (["--every", "15m"], "write 1h"), (["--every", "1"], "write 1m, 1h or 1d"),
        (["--plot", "x.gif"], "ends with .svg or .png"),
        (["--every", "1h", "--since", "2000"], "write a longer one"), (["--since", "2030"], "nothing is newer than"),
      ] {
        let result = try Tocsin.run(base + flags)
        #expect(result.status == 2 && result.complaints.contains(says), "\(flags): \(result.complaints)")
      }
      let picture = folder.path("plot.png")
      let missing = try Tocsin.run(base + ["--plot", picture], environment: ["PATH": folder.path])
      #expect(
        missing.status == 2 && missing.complaints.contains("install the Debian package librsvg2-bin"), "\(missing.complaints)")
      // One that fails in the middle leaves nothing, and what was there stays.
      try Data("before".utf8).write(to: URL(filePath: picture))
      let converter = folder.url.appending(path: "rsvg-convert")
      try Data("#!/bin/sh\necho half\nexit 3\n".utf8).write(to: converter)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: converter.path)
      let failed = try Tocsin.run(base + ["--plot", picture], environment: ["PATH": folder.path])
      #expect(failed.status == 2 && failed.complaints.contains("rsvg-convert ended with 3"), "\(failed.complaints)")
      #expect(try String(contentsOfFile: picture, encoding: .utf8) == "before")
      #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.contains("partial") })
      guard try Child.run(["sh", "-c", "command -v rsvg-convert"], output: folder.path("which")) == 0 else {
        print("SKIPPED: no rsvg-convert, so no PNG is drawn; install librsvg2-bin")
        return
      }
      _ = try Tocsin.output(base + ["--since", "2026-03-09", "--until", "2026-03-11", "--plot", picture])
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: picture)))
      #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]), "no PNG")
      // Its header has the size, twice that of the SVG: 1,920 × 720.
      #expect(bytes[16..<24].elementsEqual([0, 0, 7, 0x80, 0, 0, 2, 0xd0]))
      #expect(try Tocsin.run(["trend", "--store", store]).complaints.contains("--keyword WORDS"))
      #expect(try Tocsin.run(base + ["--near", "0,0"]).status == 1)
    }
  }
}
