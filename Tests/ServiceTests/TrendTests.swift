import Foundation
import JSON
import TestSupport
import Testing

/// A series and its baseline, against counts that are made up by rule.
extension ServiceTests {
  @Suite struct TrendTests {
    /// Monday, 5 January 2026.
    private static let start = 1_767_571_200
    private static let weekCount = 11

    /// Reports of hour h: more by day than by night, and more in some weeks; half of them at another place.
    private static func count(_ hour: Int) -> Int { (hour % 24 >= 8 ? 2 : 0) + (hour / 168) % 3 * (hour % 24 == 12 ? 3 : 0) }

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
      /// Reports of so many hours from one on; nil for all places.
      func sum(_ hour: Int, _ hours: Int, isHere: Bool = false) -> Int {
        (hour..<hour + hours).reduce(0) { $0 + (isHere ? (Self.count($1) + 1) / 2 : Self.count($1)) }
      }
      for (flags, hours, isHere) in [
        (["--every", "1h"], 1, false), (["--every", "6h"], 6, false), (["--every", "1d"], 24, false),
        (["--every", "6h", "--near", "42.3,-71.1"], 6, true),
      ] {
        // The tenth week: nine precede.
        let found = try rows(flags + ["--since", "2026-03-09", "--until", "2026-03-16"], store)
        #expect(found.count == 168 / hours)
        for (index, row) in found.enumerated() {
          let hour = 9 * 168 + index * hours
          let start = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(Self.start + hour * 3_600)))
          #expect(row["startsAt"]?.string == start)
          #expect(row["reportCount"]?.uint64 == UInt64(sum(hour, hours, isHere: isHere)), "\(flags) \(start)")
          let usual = Double((1...8).reduce(0) { $0 + sum(hour - $1 * 168, hours, isHere: isHere) }) / 8
          #expect(abs((row["usualCount"]?.double ?? -1) - usual) < 1e-9, "\(flags) \(start)")
        }
      }
      // Weeks begin on Monday; of the first two nobody knows what is usual.
      let weeks = try rows(["--every", "1w", "--since", "2026-01-05", "--until", "2026-03-16"], store)
      #expect(weeks.count == 10 && weeks.allSatisfy { $0["startsAt"]?.string?.hasSuffix("T00:00:00Z") ?? false })
      #expect(weeks[0]["startsAt"]?.string == "2026-01-05T00:00:00Z" && weeks[0]["reportCount"]?.uint64 == UInt64(sum(0, 168)))
      #expect(weeks[0]["usualCount"]?.isNull == true && weeks[1]["usualCount"]?.isNull == true)
      #expect(weeks[9]["usualCount"]?.double == Double((1...8).reduce(0) { $0 + sum(1_512 - $1 * 168, 168) }) / 8)
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
        (["--every", "1h", "--since", "2000"], "write a longer one"), (["--since", "2030"], "write --until, too"),
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
      // Its header has the size: twice that of the SVG: 1,920 × 720.
      #expect(bytes[16..<24].elementsEqual([0, 0, 7, 0x80, 0, 0, 2, 0xd0]))
      #expect(try Tocsin.run(["trend", "--store", store]).complaints.contains("--keyword WORDS"))
      #expect(try Tocsin.run(base + ["--near", "0,0"]).status == 1)
    }
  }
}
