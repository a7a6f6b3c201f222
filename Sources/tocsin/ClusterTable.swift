import Archive
import Engine
import Render
import Reports

/// Clusters as a table: the member names are part of the program's interface and stay as they are.
enum ClusterTable {
  static func make(_ rows: [ClusterRow]) -> Table {
    var table = Table(
      columns: [
        Column("id"), Column("keywords", isFlexible: true), Column("openedAt", title: "opened"),
        Column("lastReportAt", title: "last report"), Column("state"), Column("location"),
        Column("boundingBox", isHiddenInTable: true), Column("reportCount", title: "reports", alignment: .trailing),
        Column("witnessCount", title: "witnesses", alignment: .trailing),
        Column("sourceCount", title: "sources", alignment: .trailing),
      ], placeColumn: "location", boxColumn: "boundingBox", idColumn: "id")
    for row in rows { table.append(cells(row)) }
    return table
  }

  private static func cells(_ row: ClusterRow) -> [Cell] {
    [
      .text(row.id.description), .words(row.keywords), .time(row.openedAt), .time(row.lastReportAt), .text(row.state.rawValue),
      .place(row.location), .box(row.boundingBox), .integer(row.reportCount), .integer(row.witnessCount),
      .integer(UInt64(row.sourceCount)),
    ]
  }

  /// Prints a table as the flags say; the exit code tells whether there was anything.
  static func print(_ table: Table, _ format: OutputFormat) throws -> ExitCode {
    try Output.write(Renderer(format: format, width: Output.width, allowsColor: Output.allowsColor).render(table))
    return table.rows.isEmpty ? .nothingFound : .success
  }
}
