import Archive
import Engine
import Reports
import SQLite
import Testing

/// Ids, beginnings of ids, and where absorbed ones lead.
@Suite struct LookupTests {
  private let store: Store

  /// Two live clusters that begin alike and a third; a chain of two absorbed ids; a ring and an end that leads nowhere.
  init() throws {
    store = try Store()
    var writer = try store.writer()
    var generator = ChangesGenerator(seed: 1)
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: [97])]
    changes.clusters = try ["0aaaaaaaaaaaa", "0aaaaaaaaaaab", "1bbbbbbbbbbbb", "2cccccccccccc", "2cccccccccccd"].map {
      var summary = generator.summary(try #require(ClusterID($0)))
      summary.keyword = 0
      return summary
    }
    try writer.apply(changes, sample: Twin.sample)
    changes = Changes()
    changes.throughPosition = 2
    changes.merges = try [
      ("2cccccccccccc", "2cccccccccccd"), ("2cccccccccccd", "1bbbbbbbbbbbb"), ("3dddddddddddd", "4eeeeeeeeeeee"),
      ("4eeeeeeeeeeee", "3dddddddddddd"), ("5ffffffffffff", "6gggggggggggg"),
    ].map { .init(absorbed: try #require(ClusterID($0)), into: try #require(ClusterID($1))) }
    try writer.apply(changes, sample: Twin.sample)
  }

  private func check(_ text: String, _ expected: String) throws {
    let answer =
      switch try store.reader().find(text) {
      case .found(let detail): "found \(detail.id)"
      case .merged(let absorbed, let detail): "\(absorbed) in \(detail.id)"
      case .none: "none"
      case .ambiguous(let ids): "ambiguous \(ids.map(\.description).joined(separator: " "))"
      }
    #expect(answer == expected, "\(text)")
  }

  @Test func idsAndTheirBeginnings() throws {
    try check("0aaaaaaaaaaaa", "found 0aaaaaaaaaaaa")
    try check("0AAAAAAAAAAAB", "found 0aaaaaaaaaaab")
    try check("1", "found 1bbbbbbbbbbbb")
    try check("1BB", "found 1bbbbbbbbbbbb")
    try check("0aa", "ambiguous 0aaaaaaaaaaaa 0aaaaaaaaaaab")
    try check("7", "none")
    try check("0aaaaaaaaaaac", "none")
    try check("0aaaaaaaaaaaaa", "none")
    try check("%", "none")
    try check("'", "none")
    try check("\0", "none")
  }

  @Test func absorbedIdsLeadToTheirSurvivor() throws {
    try check("2cccccccccccc", "2cccccccccccc in 1bbbbbbbbbbbb")
    try check("2cccccccccccd", "2cccccccccccd in 1bbbbbbbbbbbb")
    try check("2c", "ambiguous 2cccccccccccc 2cccccccccccd")
    try check("3", "none")
    try check("5", "none")
  }

  @Test func anAbsorbedClusterLeavesNoRows() throws {
    let connection = try Connection(path: store.path, mode: .readOnly)
    for table in ["cluster_cell", "cluster_sample"] {
      let rows = try connection.integer("SELECT count(*) FROM \(table) WHERE cluster LIKE '2c%'")
      #expect(rows == 0, "\(table)")
    }
  }

  @Test func theBeginningOfEverythingIsAmbiguous() throws {
    guard case .ambiguous(let ids) = try store.reader().find("") else {
      Issue.record("not ambiguous")
      return
    }
    #expect(ids.count == 8)
    #expect(ids == ids.sorted())
  }
}
