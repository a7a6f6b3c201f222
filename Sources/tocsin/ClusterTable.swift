import Archive
import Engine
import Render
import Reports

/// Clusters as a table: the common members, then `nearDuplicateCount` and the `episode` above.
enum ClusterTable {
  static func make(_ rows: [ClusterRow]) -> Table {
    var table = SummaryColumns.table(more)
    for row in rows { table.append(cells(row)) }
    return table
  }

  static let more = ["nearDuplicateCount", "episode"]

  static func cells(_ row: ClusterRow) -> [Cell] {
    SummaryColumns.cells(row) + [.integer(row.nearDuplicateCount), SummaryColumns.cell(row.episode)]
  }

  /// Prints a table as the flags say; the exit code tells whether there was anything.
  static func print(_ table: Table, _ format: OutputFormat) throws -> ExitCode {
    try Output.show(Output.renderer(format).render(table))
    return table.rows.isEmpty ? .nothingFound : .success
  }
}
