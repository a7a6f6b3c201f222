import Archive
import Engine
import Foundation
import Reports
import SQLite
import TestSupport
import Testing

/// Every statement that is prepared to answer a query, and how SQLite answers it: none looks through a large table, but for those
/// that must.
@Suite struct PlanTests {
  /// Tables that grow with the reports; those of keywords, sources, producers, acts and profiles stay small.
  private static let large: Set<String> = [
    "incident", "episode", "cluster", "incident_keyword", "episode_keyword", "episode_window", "episode_cell", "episode_bin",
    "episode_sample", "cluster_cell", "cluster_sample", "incident_merge", "cluster_merge", "incident_change", "episode_change",
    "cluster_change", "rollup_hourly", "rollup_daily",
  ]

  /// What is looked through from its beginning, and why: a step of the plan, and what the statement holds.
  private static let allowed: [(step: String, statement: String, reason: String)] = [
    ("USING INDEX incident_by_recency", "ORDER BY c.last_report_at DESC", "a list, walked in its order as far as its page"),
    ("USING INDEX episode_by_recency", "ORDER BY c.last_report_at DESC", "a list, walked in its order as far as its page"),
    ("USING INDEX cluster_by_recency", "ORDER BY c.last_report_at DESC", "a list, walked in its order as far as its page"),
    ("INDEX incident_by_recency", "SELECT c.id, c.last_report_at, NULL", "a count, up to its bound"),
    ("INDEX incident_by_span", "SELECT c.id, c.last_report_at, c.latitude", "a count where analysts have acted, up to its bound"),
    ("INDEX episode_by_recency", "SELECT c.id, c.last_report_at, NULL", "a count, up to its bound"),
    ("INDEX cluster_by_recency", "SELECT c.id, c.last_report_at, NULL", "a count, up to its bound, or a page of many ids"),
    ("USING INDEX incident_by_strength", "ORDER BY c.ri DESC", "the strongest, walked in their order as far as the limit"),
    ("USING INDEX episode_by_strength", "ORDER BY c.ri DESC", "the strongest, walked in their order as far as the limit"),
    ("USING INDEX cluster_by_size", "ORDER BY c.witness_count DESC", "the largest, walked in their order as far as the limit"),
    ("INDEX incident_open", "state = 'open'", "what is open, which is little"),
    ("INDEX episode_open", "state = 'open'", "what is open, which is little"),
    ("INDEX cluster_open", "state = 'open'", "what is open, which is little"),
    ("SCAN c", "ORDER BY c.id", "an export of everything, in the order of the file"),
    ("SCAN c", "ORDER BY c.number", "an export of the whole history"),
    ("SCAN rollup_hourly", "LIMIT 10000", "any place, among so many rows"),
    ("SCAN o", "FROM source_outage", "the silences of sources, which are few"),
  ]

  /// The steps of a statement that look through a large table without a reason.
  private func scans(of sql: String, _ connection: borrowing Connection) throws -> [String] {
    let explain = try connection.prepare("EXPLAIN QUERY PLAN \(sql)")
    var found: [String] = []
    while try explain.step() {
      let step = explain.text(3) ?? ""
      guard step.hasPrefix("SCAN ") else { continue }
      let name = String(step.split(separator: " ")[1])
      guard Self.large.contains(Self.table(name, sql)) else { continue }
      if !Self.allowed.contains(where: { step.contains($0.step) && sql.contains($0.statement) }) { found.append(step) }
    }
    return found
  }

  /// The table that an alias stands for.
  private static func table(_ name: String, _ sql: String) -> String {
    let words = sql.split { $0.isWhitespace || "(),".contains($0) }
    for index in words.indices.dropFirst(2) where words[index] == name && words[index - 1] == "AS" {
      return String(words[index - 2])
    }
    return name
  }

  @Test func noQueryLooksThroughALargeTable() throws {
    let log = StatementLog()
    let store = try Self.ask(log)
    let connection = try Connection(path: store.path, mode: .readOnly)
    var statements: Set<String> = []
    for entry in log.entries where !entry.sql.contains("temp.") && statements.insert(entry.sql).inserted {
      let scans = try scans(of: entry.sql, connection)
      #expect(scans.isEmpty, "\(entry.file):\(entry.line): \(scans) in \(entry.sql)")
    }
    #expect(statements.count > 150)
    // That it can fail.
    #expect(try scans(of: "SELECT c.id FROM cluster AS c WHERE c.source_count = 3", connection) == ["SCAN c"])
    #expect(try scans(of: "SELECT * FROM rollup_hourly WHERE cell = 3", connection) == ["SCAN rollup_hourly"])
    #expect(try scans(of: "SELECT day FROM rollup_daily INDEXED BY rollup_daily_by_count", connection).count == 1)
    // A reason that nothing needs any more goes.
    for reason in Self.allowed {
      let isNeeded = try statements.contains { sql in
        guard sql.contains(reason.statement) else { return false }
        let explain = try connection.prepare("EXPLAIN QUERY PLAN \(sql)")
        while try explain.step() {
          if let step = explain.text(3), step.hasPrefix("SCAN "), step.contains(reason.step) { return true }
        }
        return false
      }
      #expect(isNeeded, "\(reason)")
    }
  }

  /// Whoever adds a query has it asked here, too: each place where one is prepared was passed.
  @Test func everyPlaceThatPreparesAQueryIsAsked() throws {
    let log = StatementLog()
    _ = try Self.ask(log)
    let asked = Set(log.entries.map { "\($0.file.split(separator: "/").last ?? ""):\($0.line)" })
    let places = try Self.places()
    #expect(places.count > 50)
    let missing = places.subtracting(asked)
    // `plan` explains what others ask.
    #expect(missing.filter { !$0.hasPrefix("ArchiveReader.swift:") }.sorted() == [])
    #expect(missing.contains { $0.hasPrefix("ArchiveReader.swift:") }, "which shows that a place that is not asked is seen")
  }

  /// Where the readers' source prepares statements, as `File.swift:line`.
  private static func places() throws -> Set<String> {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Archive").standardized
    var places: Set<String> = []
    for folder in ["Read", "Acts"] {
      let files = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      for file in files where file.hasSuffix(".swift") && !file.hasPrefix("ActWriter") {
        let text = try String(contentsOf: root.appending(path: "\(folder)/\(file)"), encoding: .utf8)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains("connection.prepare(") || line.contains("connection.integer(") {
          places.insert("\(file):\(index + 1)")
        }
      }
    }
    return places
  }
}
