import Engine
import Foundation
import JSON
import TestSupport
import Testing

extension StoreCommandTests {
  @Suite struct SearchCommandTests {
    private static func words(_ text: String) -> Set<String> {
      Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }

    private func ids(_ output: String) throws -> Set<String> {
      Set(try output.split(separator: "\n").compactMap { try JSONValue(parsing: Array($0.utf8))["id"]?.string })
    }

    /// Against every cluster that `list` and `show` tell of, word by word.
    @Test func findsWhatSaysAllWords() throws {
      let folder = try TemporaryFolder()
      try Stream.write(Stream.lines(seed: 5, count: 3_000), to: folder.path("stream"))
      let store = folder.path("store")
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      var said: [String: Set<String>] = [:]
      for id in try ids(Tocsin.output(["list", "--kind", "cluster", "--format", "ndjson", "--store", store])) {
        let shown = try JSONValue(parsing: Array(Tocsin.output(["show", id, "--format", "json", "--store", store]).utf8))
        let texts = (shown["samples"]?.array ?? []).compactMap { $0["text"]?.string }
        let keywords = (shown["keywords"]?.array ?? []).compactMap(\.string)
        said[id] = Self.words((texts + keywords).joined(separator: " "))
      }
      let all = said.values.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted()
      #expect(said.count > 3 && all.count > 3, "\(said)")
      var foundCount = 0
      func expect(_ query: String, _ expected: Set<String>) throws {
        let result = try Tocsin.run(["search", query, "--kind", "cluster", "--format", "ndjson", "--store", store])
        let found = try ids(result.output)
        #expect(found == expected && result.status == (expected.isEmpty ? 1 : 0), "\(query): \(result.complaints)")
        foundCount += found.count
      }
      for word in all.prefix(12) {
        try expect(word.uppercased(), Set(said.filter { $0.value.contains(word) }.keys))
        let beginning = String(word.prefix(2))
        try expect("\(beginning)*", Set(said.filter { $0.value.contains { $0.hasPrefix(beginning) } }.keys))
        let other = all[(word.utf8.count * 7) % all.count]
        try expect("\(word) \(other)", Set(said.filter { $0.value.contains(word) && $0.value.contains(other) }.keys))
      }
      try expect("nobodysaysthis", [])
      #expect(foundCount > 20)
    }

    @Test func findsIncidentsByTheirEpisodes() throws {
      let made = try DetectionStore { _ in
      } text: { _ in
        (Array("/a".utf8), Array("1".utf8), Array("A fallen Árbol blocks the road".utf8))
      }
      for kind in ["incident", "episode"] {
        let found = try ids(
          Tocsin.output(["search", "arbol FALLEN", "--kind", kind, "--format", "ndjson", "--store", made.path]))
        #expect(found.contains((kind == "incident" ? DetectionStore.incident : DetectionStore.episode).description), "\(kind)")
      }
      #expect(try Tocsin.run(["search", "fallen", "--since", "2016-01-01", "--store", made.path]).status == 1)
    }

    /// The order, held against what BM25 says of made-up texts: a word said twice, a shorter text, and time where both are alike.
    @Test func whatMatchesBestComesFirst() throws {
      let texts = [
        "tree", "a tree fell on the road beside the station and nobody has come to take it away yet",
        "the tree, a tree and a tree",
        "nothing of the like", "a tree fell on the road beside the station and nobody has come to take it away yet",
      ]
      let store = try DetectionStore { changes in
        let template = changes.clusters[0]
        changes.keywords[0].text = Array("street works".utf8)
        changes.clusters = texts.indices.map { index in
          var cluster = template
          cluster.id = ClusterID(rawValue: UInt64(index + 1) << 56)
          cluster.lastReportAt = DetectionStore.time(Int64(index))
          cluster.samples = [.init(time: DetectionStore.time(0), position: 1, row: UInt32(index))]
          return cluster
        }
      } text: {
        (Array("/s".utf8), Array("\($0)".utf8), Array(texts[Int($0) % texts.count].utf8))
      }
      func rows(_ flags: [String]) throws -> [(index: UInt64, snippet: String?)] {
        try Tocsin.output(["search", "tree", "--kind", "cluster", "--format", "ndjson", "--store", store.path] + flags)
          .split(separator: "\n").map {
            let row = try JSONValue(parsing: Array($0.utf8))
            let id = try #require(ClusterID(row["id"]?.string ?? ""))
            return (id.rawValue >> 56 - 1, row["snippet"]?.string)
          }
      }
      let ranked = try rows([])
      #expect(ranked.map(\.index) == [2, 0, 4, 1])
      #expect(ranked[0].snippet == "the [tree], a [tree] and a [tree]" && ranked[1].snippet == "[tree]")
      #expect(ranked[2].snippet?.hasPrefix("a [tree] fell on the road") == true && ranked[2].snippet?.hasSuffix("…") == true)
      #expect(try rows(["--sort", "time"]).map(\.index) == [4, 2, 1, 0])
      let first = try Tocsin.run(["search", "tree", "--kind", "cluster", "--limit", "2", "--store", store.path])
      #expect(first.complaints.contains("2 of 4, those that match best"), "\(first.complaints)")
      // Of a keyword alone, what the keyword says.
      let street = try Tocsin.output(["search", "STREET", "--kind", "cluster", "--store", store.path])
      #expect(street.contains("[street] works"), "\(street)")
      let cursor = ["--after", "2015-02-10T13:05:00Z/51w0sahm8k7ng", "--sort", "rank"]
      #expect(try Tocsin.run(["search", "tree", "--store", store.path] + cursor).complaints.contains("write --sort time"))
    }

    /// Nothing in what is typed is an operator of the index.
    @Test(arguments: [
      "\"", "a OR b", "NEAR(a b)", "texts:a", "a AND NOT b", "a -b", "^a", "{a}", "*", "", "  ", "a\"b*", "'; DROP TABLE x",
    ])
    func takesAnythingForWords(query: String) throws {
      let made = try DetectionStore { _ in }
      let result = try Tocsin.run(["search", query, "--store", made.path])
      #expect(result.status == (query.contains { $0.isLetter } ? 1 : 2), "\(query): \(result.complaints)")
    }
  }
}
