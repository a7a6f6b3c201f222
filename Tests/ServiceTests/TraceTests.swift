import Foundation
import JSON
import TestSupport
import Testing

/// What became of single reports, against what was sent and what other commands say.
extension StoreCommandTests {
  @Suite struct TraceTests {
    private static func event(
      _ id: String, hour: Int, keyword: String = "noise", latitude: Double = 42.3, text: String = "report"
    ) -> String {
      let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(1_772_409_600 + hour * 3_600)))
      return
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"city/app\",\"id\":\"\(id)\",\"time\":\"\(time)\","
        + "\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[-71.1,\(latitude)]},\"keywords\":[\"\(keyword)\"],"
        + "\"text\":\"\(text)\"}}"
    }

    private func trace(_ id: String, _ store: String, _ source: String = "city/app") throws -> JSONValue {
      let result = try Tocsin.run(["trace", source, id, "--format", "json", "--store", store])
      #expect(result.status == 0, "\(result.complaints)")
      return try JSONValue(parsing: Array(result.output.utf8))
    }

    @Test func everyArrivalHasTheVerdictThatItWasGiven() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      var lines = (0..<200).map { Self.event("e\($0)", hour: $0, latitude: 42.2 + Double($0 % 10) * 0.02) }
      lines.insert(lines[20], at: 60)
      lines.insert(Self.event("e30", hour: 30, text: "another"), at: 70)
      lines.insert(Self.event("far", hour: 80, latitude: 99), at: 80)
      lines.append(Self.event("old", hour: 2))
      try Stream.write(lines, to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      // Again by another epoch: one is held already, the other is too old to tell. The replay says so itself.
      try Stream.write([lines[5], lines[lines.count - 2]], to: folder.path("again"))
      let again = try Tocsin.run(["replay", folder.path("again"), "--store", store])
      #expect(again.complaints.contains("accepted 0, duplicate 1, late 1, rejected 0"), "\(again.complaints)")
      for (id, verdicts, code) in [
        ("e20", ["accepted", "duplicate"], nil), ("e30", ["accepted", "rejected"], "conflict"),
        ("far", ["rejected"], "location-out-of-range"),
        ("old", ["late"], nil), ("e5", ["accepted", "late"], nil), ("e199", ["accepted", "duplicate"], nil),
        ("e198", ["accepted"], nil),
      ] as [(String, [String], String?)] {
        let found = try trace(id, store)
        let arrivals = found["arrivals"]?.array ?? []
        #expect(arrivals.map { $0["verdict"]?.string } == verdicts, "\(id)")
        let refused = try Tocsin.output(["quarantine", "list", "--format", "csv", "--store", store])
        #expect(code.map { refused.contains(",\($0),") && arrivals.last?["code"]?.string == $0 } ?? true, "\(id): \(arrivals)")
        #expect(arrivals.allSatisfy { $0["producer"]?.string == "replay" })
        #expect(found["text"]?.string == (id == "far" ? nil : "report"))
      }
      let text = try Tocsin.output(["trace", "city/app", "e30", "--store", store])
      #expect(text.contains("rejected: conflict") && text.contains("tocsin quarantine list"), "\(text)")
      let missing = try Tocsin.run(["trace", "city/app", "nobody", "--store", store])
      #expect(missing.status == 1 && missing.complaints.contains("no report \"nobody\" of city/app"))
      let typo = try Tocsin.run(["trace", "city/ap", "e1", "--store", store])
      #expect(typo.status == 2 && typo.complaints.contains("did you mean city/app?"))
    }

    /// The first texts of every cluster name their reports: each of those traces to that cluster.
    @Test func aReportLeadsToTheClusterThatShowsIt() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Stream.lines(seed: 9, count: 1_500), to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      let list = try Tocsin.output(["list", "--kind", "cluster", "--limit", "4", "--format", "ndjson", "--store", store])
      var count = 0
      for line in list.split(separator: "\n") {
        let id = try #require(try JSONValue(parsing: Array(line.utf8))["id"]?.string)
        let shown = try JSONValue(parsing: Array(Tocsin.output(["show", id, "--format", "json", "--store", store]).utf8))
        for sample in (shown["samples"]?.array ?? []).prefix(2) {
          let found = try trace(sample["id"]?.string ?? "", store, sample["source"]?.string ?? "")
          let clusters = found["clusters"]?.array ?? []
          #expect(clusters.contains { $0["id"]?.string == id }, "\(sample): \(found)")
          #expect(found["arrivals"]?.array?.first?["journalPosition"]?.uint64 == sample["journalPosition"]?.uint64)
          count += 1
        }
      }
      #expect(count >= 4)
    }
  }
}
