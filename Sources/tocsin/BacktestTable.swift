import Engine
import Render
import Reports
import Service

/// The alerts of a backtest as a table: what the new settings say where they alert, else what today's say, and in which it is.
enum BacktestTable {
  static func make(_ alerts: [BacktestAlert]) -> Table {
    var table = Table(
      columns: [
        Column("alertedAt", title: "alerted"), Column("in"), Column("keywords", isFlexible: true),
        Column("location", dropOrder: 1), Column("boundingBox", isHiddenInTable: true),
        Column("isWholeArea", title: "whole area", dropOrder: 0), Column("openedAt", isHiddenInTable: true),
        Column("lastReportAt", isHiddenInTable: true), Column("observed", title: "seen", alignment: .trailing),
        Column("expected", title: "usual", alignment: .trailing),
        Column("recurrenceIntervalDays", title: "once in", alignment: .trailing), Column("id", isHiddenInTable: true),
        Column("todayID", isHiddenInTable: true), Column("todayAlertedAt", title: "today's alert", dropOrder: 2),
        Column("todayRecurrenceIntervalDays", isHiddenInTable: true),
      ], placeColumn: "location", boxColumn: "boundingBox", idColumn: "id")
    for alert in alerts {
      guard let side = alert.side else { continue }
      let incident = side.incident
      let today = alert.today
      table.append([
        .time(side.alertedAt), .text(alert.presence.rawValue), .words(side.keywords),
        incident.centroid.map { .place($0) } ?? .missing, incident.boundingBox.map { .box($0) } ?? .missing,
        .flag(incident.isWholeArea), .time(incident.openedAt), .time(incident.lastReportAt),
        .integer(incident.significance.observed), .estimate(incident.significance.expected),
        .interval(days: incident.significance.recurrenceIntervalDays), .text(incident.id.description),
        SummaryColumns.cell(today?.incident.id), SummaryColumns.cell(today?.alertedAt),
        today.map { .interval(days: $0.incident.significance.recurrenceIntervalDays) } ?? .missing,
      ])
    }
    return table
  }
}
