import Archive
import Engine
import Render
import Reports

/// Episodes as a table: the common members, the incident above, the best window, what was said first.
enum EpisodeTable {
  static func make(_ rows: [EpisodeRow]) -> Table {
    var table = SummaryColumns.table(more)
    for row in rows { table.append(cells(row)) }
    return table
  }

  static let more =
    ["incident"] + SummaryColumns.window + [
      "firstObserved", "firstExpected", "firstRecurrenceIntervalDays", "nearDuplicateCount",
    ]

  static func cells(_ row: EpisodeRow) -> [Cell] {
    let summary = row.summary
    let window = summary.windows.first
    return SummaryColumns.cells(row) + [SummaryColumns.cell(summary.incident)]
      + SummaryColumns.cells(window, isWholeArea: window?.isWholeArea ?? false, box: summary.boundingBox) + [
        .integer(summary.firstSignificance.observed), .estimate(summary.firstSignificance.expected),
        .interval(days: summary.firstSignificance.recurrenceIntervalDays), .integer(summary.nearDuplicateCount),
      ]
  }
}
