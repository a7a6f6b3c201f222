import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// What the side tables find is right however far behind they are, against a look at everything.
@Suite struct SideTests {
  private static let words = ["gas", "leak", "Straße", "naïve", "\"OR\"", "smell", "AND", "水害", "o'brien", "x*y", "NEAR(a b)"]

  /// Texts by where they stand in the journal.
  private static func text(_ position: UInt64, _ row: UInt32) -> String {
    var random = SeededGenerator(seed: position ^ UInt64(row) << 40)
    return (0..<4).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
  }

  private static func sample(_ reference: ClusterSummary.SampleReference) -> (source: [UInt8], id: [UInt8], text: [UInt8])? {
    ([], [], Array(text(reference.position, reference.row).utf8))
  }

  /// The words of a text as unicode61 tells them apart: runs of letters and digits, case and accents off.
  private static func tokens(_ text: String) -> Set<String> {
    let folded = text.lowercased().map { character -> String in
      ["ï": "i", "ü": "u"][character] ?? String(character)
    }.joined()
    return Set(folded.split { !$0.isLetter && !$0.isNumber }.map(String.init))
  }

  private static func box(_ random: inout SeededGenerator) -> BoundingBox {
    func longitude() -> Int32 { .random(in: -1_800_000_000...1_800_000_000, using: &random) }
    let (south, north) = (
      Int32.random(in: -900_000_000...900_000_000, using: &random), Int32.random(in: -900_000_000...900_000_000, using: &random)
    )
    return BoundingBox(westE7: longitude(), southE7: min(south, north), eastE7: longitude(), northE7: max(south, north))
  }

  /// Whether two boxes share a place, by their longitudes a turn to either side.
  private static func share(_ a: BoundingBox, _ b: BoundingBox) -> Bool {
    guard a.southE7 <= b.northE7, b.southE7 <= a.northE7 else { return false }
    func span(_ box: BoundingBox) -> (Int64, Int64) {
      (Int64(box.westE7), Int64(box.eastE7) + (box.westE7 > box.eastE7 ? 3_600_000_000 : 0))
    }
    let (first, second) = (span(a), span(b))
    return [-1, 0, 1].contains { turn in
      let shift = Int64(turn) * 3_600_000_000
      return first.0 <= second.1 + shift && second.0 + shift <= first.1
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func whatLagsIsFoundToo(seed: UInt64) throws {
    let store = try Store()
    var generator = ChangesGenerator(seed: seed)
    var random = SeededGenerator(seed: seed &+ 9)
    var twin = Twin()
    var writer = try store.writer()
    var lags: Set<Bool> = []
    for round in 0..<24 {
      var changes = generator.next()
      for index in changes.clusters.indices { changes.clusters[index].boundingBox = Self.box(&random) }
      for index in changes.episodes.indices where changes.episodes[index].boundingBox != nil {
        changes.episodes[index].boundingBox = Self.box(&random)
      }
      for index in changes.incidents.indices where changes.incidents[index].boundingBox != nil {
        changes.incidents[index].boundingBox = Self.box(&random)
      }
      try writer.apply(changes, sample: Self.sample)
      twin.apply(changes)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: while try writer.fillSides(count: 7) == 7 {}
      case 1: _ = try writer.fillSides(count: 3)
      default: break
      }
      guard round % 3 == 2 else { continue }
      let reader = try store.reader()
      lags.insert(try reader.backlogCount() > 0)
      for _ in 0..<4 {
        let box = Self.box(&random)
        let comment: Comment = "seed \(seed), round \(round), \(box)"
        #expect(
          try reader.ids(of: .cluster, touching: box)
            == twin.clusters.values.filter { Self.share($0.boundingBox, box) }.map(\.id).sorted(), comment)
        #expect(
          try reader.ids(of: .episode, touching: box)
            == twin.episodes.values.filter { $0.boundingBox.map { Self.share($0, box) } ?? false }.map(\.id).sorted(), comment)
        #expect(
          try reader.ids(of: .incident, touching: box)
            == twin.incidents.values.filter { $0.boundingBox.map { Self.share($0, box) } ?? false }.map(\.id).sorted(), comment)
      }
      for words in [
        ["gas"], ["LEAK", "strasse"], ["straße"], ["naive", "smell"], ["le*"], ["OR"], ["水害", "gas"], ["\"", "gas"], ["flood"],
      ] {
        let wanted = words.flatMap { Self.tokens($0) }
        func holds(_ keywords: [UInt32], _ samples: [ClusterSummary.SampleReference]) -> Bool {
          let text = keywords.map { twin.keyword($0) } + samples.map { Self.text($0.position, $0.row) }
          let tokens = Self.tokens(text.joined(separator: "\n"))
          return wanted.allSatisfy { word in
            words.contains("le*") ? tokens.contains { $0.hasPrefix(word) } : tokens.contains(word)
          }
        }
        #expect(
          try reader.ids(of: .cluster, saying: words)
            == twin.clusters.values.filter { holds([$0.keyword], $0.samples) }.map(\.id).sorted(), "seed \(seed), \(words)")
        #expect(
          try reader.ids(of: .episode, saying: words)
            == twin.episodes.values.filter { holds([$0.keyword] + $0.otherKeywords, $0.samples) }.map(\.id).sorted(),
          "seed \(seed), \(words)")
      }
    }
    #expect(lags == [true, false] || seed > 3, "seed \(seed): \(lags)")
    // Told everything, they hold what they would hold if made at once.
    while try writer.fillSides(count: 50) == 50 {}
    let connection = try Connection(path: store.path, mode: .readOnly)
    #expect(try connection.integer("SELECT count(*) FROM side_backlog") == 0)
    #expect(try connection.integer("SELECT count(*) FROM side_cluster_box").map { Int($0) } == twin.clusters.count)
    #expect(try connection.integer("SELECT count(*) FROM side_cluster_text").map { Int($0) } == twin.clusters.count)
    #expect(try connection.integer("SELECT count(*) FROM side_episode_text").map { Int($0) } == twin.episodes.count)
    let check = try connection.prepare("SELECT rtreecheck('side_cluster_box')")
    #expect(try check.step() && check.text(0) == "ok")
  }

  @Test func nothingIsFoundByNothing() throws {
    let reader = try Store.filled(seed: 1).store.reader()
    for words in [[], [""], ["*"], ["\""], ["--"]] as [[String]] { #expect(try reader.ids(of: .cluster, saying: words).isEmpty) }
    #expect(try reader.ids(of: .incident, saying: ["gas"]).isEmpty)
  }

  @Test func theSideTablesAreAsked() throws {
    let reader = try Store.filled(seed: 1).store.reader()
    for kind in SummaryKind.allCases {
      let plan = try reader.sidePlans(kind)
      #expect(plan.contains { $0.contains("side_\(kind.rawValue)_box VIRTUAL TABLE INDEX 2:") }, "\(plan)")
      #expect(plan.contains { $0.contains("side_backlog USING PRIMARY KEY (kind=?)") }, "\(plan)")
      #expect(kind == .incident || plan.contains { $0.contains("side_\(kind.rawValue)_text VIRTUAL TABLE INDEX 0:M") }, "\(plan)")
    }
  }
}
