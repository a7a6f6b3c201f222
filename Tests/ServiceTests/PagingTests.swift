import Archive
import Engine
import Foundation
import Reports
import TestSupport
import Testing

/// Pages and counts of lists.
extension StoreCommandTests {
  @Suite struct PagingTests {
    /// Clusters of which many have the same last report.
    private func store(seed: UInt64, count: Int) throws -> DetectionStore {
      var generator = SeededGenerator(seed: seed)
      return try DetectionStore { changes in
        let cluster = changes.clusters[0]
        changes.clusters = (0..<count).map { index in
          var copy = cluster
          copy.id = ClusterID(rawValue: UInt64.random(in: 0...UInt64.max, using: &generator))
          copy.lastReportAt = DetectionStore.time(Int64.random(in: 4..<9, using: &generator))
          return copy
        }
      }
    }

    private func ids(_ text: String) -> [String] {
      text.split(separator: "\n").compactMap { $0.firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) } }
    }

    @Test(arguments: [1, 7, 40, 100] as [Int]) func pagesTogetherAreTheWholeList(limit: Int) throws {
      let store = try store(seed: 5, count: 40)
      let list = ["list", "--kind", "cluster", "--store", store.path, "--format", "ndjson"]
      let whole = ids(try Tocsin.output(list))
      #expect(whole.count == 40)
      var pages: [String] = []
      var cursor: [String] = []
      for _ in 0...40 {
        let result = try Tocsin.run(list + ["--limit", "\(limit)"] + cursor)
        pages += ids(result.output)
        guard let next = result.complaints.firstMatch(of: /(\d+) of (\d+); the next: --after (\S+)/) else { break }
        #expect(Int(next.1) == limit && Int(next.2) == 40)
        // The cursor is made of what the last row says of itself.
        let row = try #require(result.output.split(separator: "\n").last)
        let time = try #require(row.firstMatch(of: /"lastReportAt":"([^"]+)"/))
        #expect(next.3 == "\(time.1)/\(pages[pages.count - 1])")
        cursor = ["--after", String(next.3)]
      }
      #expect(pages == whole)
    }

    @Test func countsAreBoundedAndFiltersHold() throws {
      let store = try store(seed: 6, count: 40)
      let count = ["list", "--kind", "cluster", "--count", "--store", store.path]
      #expect(try Tocsin.output(count) == "40\n")
      #expect(try Tocsin.output(count + ["--limit", "3"]) == "40\n")
      #expect(try Tocsin.output(count + ["--near", "42.32,-71.07", "--format", "ndjson"]) == "{\"count\":40,\"isExact\":true}\n")
      let nothing = try Tocsin.run(count + ["--near", "0,0"])
      #expect(nothing.status == 1 && nothing.output == "0\n")
      let bad = try Tocsin.run(["list", "--after", "yesterday", "--store", store.path])
      #expect(bad.status == 2 && bad.complaints.contains("a cursor"))
      let reader = try ArchiveReader(folder: store.path)
      #expect(try reader.count(.cluster, ClusterFilter(), bound: 40) == .atLeast(40))
      #expect(try reader.count(.cluster, ClusterFilter(), bound: 41) == .exactly(40))
    }

    @Test func tenThousandIsWhereCountingEnds() throws {
      let store = try store(seed: 7, count: 10_001)
      let count = ["list", "--kind", "cluster", "--store", store.path]
      #expect(try Tocsin.output(count + ["--count"]) == "≥ 10,000\n")
      #expect(try Tocsin.run(count + ["--limit", "2"]).complaints.contains("2 of ≥ 10,000; the next: --after "))
    }

    /// Behind a cursor the index on recency is searched, not read from its beginning.
    @Test func aCursorIsSearchedForInTheIndex() throws {
      let store = try DetectionStore()
      let reader = try ArchiveReader(folder: store.path)
      for kind in SummaryKind.allCases {
        var filter = ClusterFilter()
        filter.after = ListCursor(lastReportAt: DetectionStore.start, id: DetectionStore.cluster)
        let plan = try reader.plan(filter, of: kind)
        #expect(plan.contains { $0.contains("SEARCH c USING") && $0.contains("_by_recency (last_report_at<?)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
      }
    }
  }
}
