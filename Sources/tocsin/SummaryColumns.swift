import Archive
import Engine
import Render
import Reports

/// What the tables of incidents, episodes and clusters have in common: names and order of members are part of the program's
/// interface and stay as they are.
enum SummaryColumns {
  static let all = [
    Column("id"), Column("kind", isHiddenInTable: true), Column("keywords", isFlexible: true),
    Column("openedAt", title: "opened", dropOrder: 1), Column("lastReportAt", title: "last report"),
    Column("state", dropOrder: 2), Column("location", dropOrder: 6), Column("boundingBox", isHiddenInTable: true),
    Column("reportCount", title: "reports", alignment: .trailing, dropOrder: 4),
    Column("witnessCount", title: "witnesses", alignment: .trailing, dropOrder: 5),
    Column("sourceCount", title: "sources", alignment: .trailing, dropOrder: 3),
    Column("observed", title: "seen", alignment: .trailing), Column("expected", title: "usual", alignment: .trailing),
    Column("ratio", alignment: .trailing, isHiddenInTable: true),
    Column("recurrenceIntervalDays", title: "once in", alignment: .trailing),
    Column("recurrenceIntervalLocalDays", isHiddenInTable: true), Column("recurrenceIntervalRobustDays", isHiddenInTable: true),
    Column("alert"), Column("alertedAt", isHiddenInTable: true), Column("firstSeenAt", isHiddenInTable: true),
    Column("lastSeenAt", isHiddenInTable: true),
  ]

  /// A table of these columns, some more that only other formats show, and `last`.
  static func table(_ more: [String] = [], _ last: [Column] = []) -> Table {
    Table(
      columns: all + more.map { Column($0, isHiddenInTable: true) } + last, placeColumn: "location", boxColumn: "boundingBox",
      idColumn: "id")
  }

  static func cells(_ row: ClusterRow) -> [Cell] {
    [
      .text(row.id.description), .text("cluster"), .words(row.keywords), .time(row.openedAt), .time(row.lastReportAt),
      .text(row.state.rawValue), .place(row.location), .box(row.boundingBox), .integer(row.reportCount),
      .integer(row.witnessCount), .integer(UInt64(row.sourceCount)),
    ] + cells(row.significance) + cells(row.alertedAt, row.firstSeenAt, row.lastSeenAt)
  }

  static func cells(_ row: EpisodeRow) -> [Cell] {
    let summary = row.summary
    return [
      .text(summary.id.description), .text("episode"), .words(row.keywords), .time(summary.openedAt),
      .time(summary.lastReportAt), .text(summary.isClosed ? "closed" : "open"), cell(summary.centroid),
      cell(summary.boundingBox), .integer(summary.reportCount), .integer(summary.witnessCount),
      .integer(UInt64(summary.sourceCount)),
    ] + cells(summary.significance) + cells(summary.alertedAt, summary.firstSeenAt, summary.lastSeenAt)
  }

  static func cells(_ row: IncidentRow) -> [Cell] {
    let summary = row.summary
    return [
      .text(summary.id.description), .text("incident"), .words(row.keywords), .time(summary.openedAt),
      .time(summary.lastReportAt), .text(summary.isClosed ? "closed" : "open"), cell(summary.centroid),
      cell(summary.boundingBox), .integer(summary.reportCount), .integer(row.witnessCount), .integer(UInt64(row.sourceCount)),
    ] + cells(summary.significance) + cells(summary.alertedAt, summary.firstSeenAt, summary.lastSeenAt)
  }

  /// Of a best window: `isWholeArea, radiusMeters, windowStart, windowEnd`.
  static let window = ["isWholeArea", "radiusMeters", "windowStart", "windowEnd"]

  ///
  /// - Parameter box: of the reports.
  static func cells(_ window: WindowScore?, isWholeArea: Bool, box: BoundingBox?) -> [Cell] {
    guard let window else { return [.flag(isWholeArea), .missing, .missing, .missing] }
    return [
      .flag(isWholeArea), window.radiusMeters(reports: box).map { .number($0.rounded()) } ?? .missing, .time(window.startsAt),
      .time(window.endsAt),
    ]
  }

  private static func cells(_ significance: Significance?) -> [Cell] {
    guard let significance else { return Array(repeating: .missing, count: 6) }
    return [
      .integer(significance.observed), .estimate(significance.expected), .number(significance.ratio),
      .interval(days: significance.recurrenceIntervalDays), .interval(days: significance.recurrenceIntervalLocalDays),
      .interval(days: significance.recurrenceIntervalRobustDays),
    ]
  }

  private static func cells(_ alertedAt: Timestamp?, _ firstSeenAt: Timestamp?, _ lastSeenAt: Timestamp?) -> [Cell] {
    [.flag(alertedAt != nil)] + [alertedAt, firstSeenAt, lastSeenAt].map(cell)
  }

  static func cell(_ time: Timestamp?) -> Cell { time.map { .time($0) } ?? .missing }
  static func cell(_ id: ClusterID?) -> Cell { id.map { .text($0.description) } ?? .missing }
  static func cell(_ place: Coordinate?) -> Cell { place.map { .place($0) } ?? .missing }
  static func cell(_ box: BoundingBox?) -> Cell { box.map { .box($0) } ?? .missing }
}
