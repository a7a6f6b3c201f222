import Archive
import Engine
import Reports
import SQLite
import Testing

/// What people see with the sqlite3 shell.
@Suite struct ViewTests {
  private let store: Store

  init() throws {
    store = try Store()
    var writer = try store.writer()
    var changes = Changes()
    changes.throughPosition = 1
    changes.keywords = [.init(number: 0, text: Array("gas leak".utf8))]
    changes.sources = [
      SourceLedger(number: 0, name: Array("/a".utf8), lastSeenAt: Timestamp(microseconds: -1)),
      SourceLedger(number: 1, name: Array("/b".utf8)),
    ]
    var generator = ChangesGenerator(seed: 1)
    var summary = generator.summary(ClusterID(rawValue: 1))
    summary.keyword = 0
    summary.openedAt = Timestamp(microseconds: 1_423_573_500_999_999)
    summary.lastReportAt = Timestamp(seconds: 1_423_573_501)
    changes.clusters = [summary]
    var episode = generator.episode(ClusterID(rawValue: 2))
    (episode.keyword, episode.incident) = (0, ClusterID(rawValue: 3))
    episode.alertedAt = Timestamp(seconds: 1_423_573_502)
    episode.significance.observed = 27
    episode.significance.expected = 3
    changes.episodes = [episode]
    var incident = generator.incident(ClusterID(rawValue: 3))
    (incident.keywords, incident.alertedAt, incident.significance) = ([0], episode.alertedAt, episode.significance)
    changes.incidents = [incident]
    changes.outages = [
      SourceOutage(
        source: 1, startedAt: Timestamp(seconds: 1), alertedAt: Timestamp(seconds: 2), endedAt: nil, expectedCount: 9)
    ]
    changes.rollups = [
      .init(keyword: 0, cell: CellID(row: 3, column: 5), hour: 395_437, reportCount: 4, witnessCount: 2),
      .init(keyword: 0, cell: .nowhere, hour: -1, reportCount: 1, witnessCount: 1),
    ]
    try writer.apply(changes, sample: Twin.sample)
  }

  private func check(_ sql: String, _ expected: [String]) throws {
    let statement = try Connection(path: store.path, mode: .readOnly).prepare(sql)
    var lines: [String] = []
    while try statement.step() {
      lines.append((0..<3).map { statement.text($0) ?? "-" }.joined(separator: " "))
    }
    #expect(lines == expected)
  }

  @Test func viewsSpeakISO8601() throws {
    try check(
      "SELECT keyword, opened_at, last_report_at FROM clusters", ["gas leak 2015-02-10T13:05:00Z 2015-02-10T13:05:01Z"])
    try check("SELECT name, received, last_seen_at FROM sources ORDER BY name", ["/a 0 1969-12-31T23:59:59Z", "/b 0 -"])
    try check(
      "SELECT hour, cell_row, cell_column FROM rollups ORDER BY hour", ["1969-12-31T23:00:00Z - -", "2015-02-10T13:00:00Z 3 5"])
  }

  @Test func viewsTellWhatIsUnusual() throws {
    try check("SELECT keyword, alerted_at, ratio FROM episodes", ["gas leak 2015-02-10T13:05:02Z 9.0"])
    try check("SELECT keywords, alerted_at, observed FROM incidents", ["gas leak 2015-02-10T13:05:02Z 27"])
    try check(
      "SELECT kind, subject, alerted_at FROM alerts ORDER BY kind",
      ["incident gas leak 2015-02-10T13:05:02Z", "outage /b 1970-01-01T00:00:02Z"])
    try check("SELECT name, role, is_stopped FROM sources ORDER BY name", ["/a public 0", "/b public 1"])
  }
}
