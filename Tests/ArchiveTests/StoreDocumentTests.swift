import Archive
import Foundation
import SQLite
import TestSupport
import Testing

/// docs/store.md says what the schema is: its picture and lists are made from a new store. `UPDATE_GOLDEN=1` rewrites them.
@Suite struct StoreDocumentTests {
  private static let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/store.md")
    .standardized

  /// References that are no foreign keys, as `db check` looks at them or as merges tell them.
  private static let references = [
    ("cluster", "episode", "episode"), ("episode", "incident", "incident"), ("incident", "best", "episode"),
    ("incident", "explained_by", "incident"), ("rollup_hourly", "keyword", "keyword"),
    ("rollup_daily", "keyword", "keyword"), ("rollup_total", "keyword", "keyword"), ("cluster_merge", "survivor", "cluster"),
    ("incident_merge", "survivor", "incident"), ("incident_change", "id", "incident"), ("episode_change", "id", "episode"),
    ("cluster_change", "id", "cluster"), ("calibration", "profile", "profile"),
  ]

  private func column(_ sql: String, _ connection: borrowing Connection) throws -> [[String]] {
    let select = try connection.prepare(sql)
    var rows: [[String]] = []
    while try select.step() { rows.append((0..<4).map { select.text($0) ?? "" }) }
    return rows
  }

  private func tables(_ connection: borrowing Connection) throws -> String {
    let names = try column(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
      connection
    ).map { $0[0] }
    var text = "```mermaid\nerDiagram\n"
    for name in names {
      let keys = try column("SELECT \"table\", \"from\" FROM pragma_foreign_key_list('\(name)') ORDER BY \"from\"", connection)
      for key in keys { text += "  \(key[0]) ||--o{ \(name) : \(key[1])\n" }
      for (_, own, target) in Self.references.filter({ $0.0 == name }) { text += "  \(target) |o..o{ \(name) : \(own)\n" }
    }
    for name in names {
      let foreign = try column("SELECT \"from\" FROM pragma_foreign_key_list('\(name)')", connection).map { $0[0] }
      text += "  \(name) {\n"
      for row in try column("SELECT name, type, pk FROM pragma_table_info('\(name)')", connection) {
        let marks = [row[2] == "0" ? nil : "PK", foreign.contains(row[0]) ? "FK" : nil].compactMap { $0 }
        text += "    \(row[1]) \(row[0])\(marks.isEmpty ? "" : " " + marks.joined(separator: ", "))\n"
      }
      text += "  }\n"
    }
    return text + "```\n"
  }

  private func views(_ connection: borrowing Connection) throws -> String {
    var text = ""
    for row in try column("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name", connection) {
      let columns = try column("SELECT name FROM pragma_table_info('\(row[0])')", connection).map { $0[0] }
      text += "- `\(row[0])`: \(columns.joined(separator: ", "))\n"
    }
    return text
  }

  @Test func theDocumentIsTrue() throws {
    let store = try Store()
    _ = try store.writer()
    let connection = try Connection(path: store.path, mode: .readOnly)
    var document = try String(contentsOf: Self.url, encoding: .utf8)
    for (name, content) in [("tables", try tables(connection)), ("views", try views(connection))] {
      let begin = try #require(document.range(of: "<!-- \(name):begin -->\n"))
      let end = try #require(document.range(of: "<!-- \(name):end -->"))
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        document.replaceSubrange(begin.upperBound..<end.lowerBound, with: content)
      } else {
        #expect(String(document[begin.upperBound..<end.lowerBound]) == content, "UPDATE_GOLDEN=1 rewrites docs/store.md")
      }
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try document.write(to: Self.url, atomically: true, encoding: .utf8)
    }
    for view in try column("SELECT name FROM sqlite_schema WHERE type = 'view'", connection) {
      // The table above the picture names it, too.
      let head = try #require(document.range(of: "## The picture"))
      #expect(document[..<head.lowerBound].contains("`\(view[0])`"), "\(view[0])")
      _ = try connection.integer("SELECT count(*) FROM \(view[0])")
    }
  }
}
