import Archive
import Engine
import Render
import Reports

/// Incidents as a table: the common members, the best episode and its window, and the incident that explains it.
enum IncidentTable {
  static func make(_ rows: [IncidentRow]) -> Table {
    var table = SummaryColumns.table(more, ActColumns.all(rows.lazy.map(\.acts)))
    for row in rows { table.append(cells(row) + ActColumns.cells(row.acts)) }
    return table
  }

  static let more = ["episodeCount"] + SummaryColumns.window + ["best", "explainedBy"]

  static func cells(_ row: IncidentRow) -> [Cell] {
    let summary = row.summary
    return SummaryColumns.cells(row) + [.integer(UInt64(summary.episodeCount))]
      + SummaryColumns.cells(row.bestWindow, isWholeArea: summary.isWholeArea, box: summary.boundingBox)
      + [SummaryColumns.cell(summary.best), SummaryColumns.cell(summary.explainedBy)]
  }
}
