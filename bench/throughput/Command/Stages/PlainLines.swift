import Engine
import Oracle
import SQLite

/// Clusters and roll-ups as lines of text, whoever tells of them: equal hashes where all lines are equal, in whatever order.
enum PlainLines {
  static func hash(_ lines: [String]) -> UInt64 {
    var fold = Fold()
    for line in lines.sorted() { fold.add(line) }
    return fold.value
  }

  static func line(_ cluster: PlainCluster) -> String {
    line(
      id: ClusterID(rawValue: cluster.id).description, keyword: cluster.keyword, isClosed: cluster.isClosed,
      counts: [Int64(cluster.reports), Int64(cluster.witnesses), Int64(cluster.sources), cluster.first, cluster.last],
      cells: cluster.cells.map { $0.map { Int64(bitPattern: $0) } })
  }

  static func line(_ hour: PlainHour, _ counts: [UInt64]) -> String {
    "\(hour.keyword) \(Int64(bitPattern: hour.cell)) \(hour.hour) \(counts[0]) \(counts[1])"
  }

  private static func line(id: String, keyword: String, isClosed: Bool, counts: [Int64], cells: [[Int64]]) -> String {
    let held = cells.map { cell in cell.map { "\($0)" }.joined(separator: ":") }.joined(separator: ",")
    return "\(id) \(keyword) \(isClosed ? "closed" : "open") \(counts.map { "\($0)" }.joined(separator: " ")) \(held)"
  }

  /// What a store says.
  static func clusters(in store: borrowing Connection) throws -> [String] {
    var cells: [String: [[Int64]]] = [:]
    let held = try store.prepare("SELECT cluster, cell, report_count, witness_count FROM cluster_cell ORDER BY cluster, cell")
    while try held.step() {
      cells[held.text(0) ?? "", default: []].append((1...3 as ClosedRange<Int32>).map { held.integer($0) ?? 0 })
    }
    let rows = try store.prepare(
      """
      SELECT id, text, state, report_count, witness_count, source_count, opened_at, last_report_at
      FROM cluster JOIN keyword ON keyword.number = cluster.keyword
      """)
    var lines: [String] = []
    while try rows.step() {
      let id = rows.text(0) ?? ""
      lines.append(
        line(
          id: id, keyword: rows.text(1) ?? "", isClosed: rows.text(2) == "closed",
          counts: (3...7 as ClosedRange<Int32>).map { rows.integer($0) ?? 0 }, cells: cells[id] ?? []))
    }
    return lines
  }

  static func hours(in store: borrowing Connection) throws -> [String] {
    let rows = try store.prepare(
      """
      SELECT text, cell, hour, report_count, witness_count FROM rollup_hourly
      JOIN keyword ON keyword.number = rollup_hourly.keyword
      """)
    var lines: [String] = []
    while try rows.step() {
      lines.append(
        "\(rows.text(0) ?? "") \((1...4 as ClosedRange<Int32>).map { "\(rows.integer($0) ?? 0)" }.joined(separator: " "))")
    }
    return lines
  }
}
