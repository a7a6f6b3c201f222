import Archive
import Engine
import Render
import Reports

/// Rows of the history as tables: names and order of members are part of the program's interface and stay as they are.
enum HistoryTableText {
  /// What a list has shown: the members of `list` as far as the history holds them, then when it was said and what is above.
  ///
  /// - Parameter acts: what analysts had made of incidents, as the last columns; none of other kinds.
  static func list(_ rows: [HistoryRow], _ acts: [Column] = []) -> Table {
    var table = Table(
      columns: [
        Column("id"), Column("kind", isHiddenInTable: true), Column("keywords", isFlexible: true),
        Column("openedAt", title: "opened", dropOrder: 1), Column("lastReportAt", title: "last report"),
        Column("state", dropOrder: 2), Column("location", dropOrder: 6),
      ] + counts + [
        Column("alert"), Column("alertedAt", isHiddenInTable: true), Column("saidAt", isHiddenInTable: true),
        Column("above", isHiddenInTable: true),
      ] + acts, placeColumn: "location", idColumn: "id")
    for row in rows {
      table.append(
        [
          .text(row.id.description), .text(row.kind.rawValue), .words(row.keywords), SummaryColumns.cell(row.openedAt),
          SummaryColumns.cell(row.lastReportAt), .text("\(row.state)"), place(row),
        ] + cells(row) + [
          .flag(row.alertedAt != nil), SummaryColumns.cell(row.alertedAt), .time(row.at), SummaryColumns.cell(row.above),
        ] + (acts.isEmpty ? [] : ActColumns.cells(row.acts)))
    }
    return table
  }

  /// How one id came to be what it is: its points, what was merged into it, and what analysts did, in order.
  static func story(_ points: [HistoryRow], absorbed: [HistoryRow], acts: [Act], of id: ClusterID, isWhole: Bool) -> Table {
    var table = Table(
      columns: [
        Column("at"), Column("event"), Column("other"), Column("analyst", isHiddenInTable: acts.isEmpty, dropOrder: 9),
        Column("assignee", title: "with", isHiddenInTable: !acts.contains { $0.verb == .assign }, dropOrder: 10),
        Column("note", isFlexible: true, isHiddenInTable: !acts.contains { $0.note != nil }),
        Column("id", isHiddenInTable: true),
        Column("kind", isHiddenInTable: true), Column("state", isHiddenInTable: true),
        Column("keywords", isFlexible: true), Column("lastReportAt", title: "last report", dropOrder: 1),
        Column("location", dropOrder: 6),
      ] + counts + [Column("alertedAt", isHiddenInTable: true), Column("above", isHiddenInTable: true)],
      placeColumn: "location")
    var rest = absorbed[...]
    var actsLeft = acts[...]
    var before: HistoryRow?
    func append(_ row: HistoryRow, _ event: String, _ other: ClusterID?, _ id: ClusterID) {
      appendActs(before: row.at)
      table.append(
        [
          .time(row.at), .text(event), SummaryColumns.cell(other), .missing, .missing, .missing, .text(id.description),
          .text(row.kind.rawValue), .text("\(row.state)"), .words(row.keywords), SummaryColumns.cell(row.lastReportAt),
          place(row),
        ] + cells(row) + [SummaryColumns.cell(row.alertedAt), SummaryColumns.cell(row.above)])
    }
    func appendActs(before time: Timestamp) {
      while let act = actsLeft.first, act.at < time {
        actsLeft.removeFirst()
        let isJoin = act.verb == .merge || act.verb == .unmerge
        let other = isJoin ? (act.id == id.description ? act.object : act.id) : nil
        table.append(
          [
            .time(act.at), .text(act.verb.rawValue), ActColumns.text(other), .text(act.analyst),
            act.verb == .assign ? ActColumns.text(act.object) : .missing, ActColumns.text(act.note), .text(act.id),
            .text(act.kind.rawValue),
          ] + Array(repeating: .missing, count: table.columns.count - 8))
      }
    }
    for point in points {
      while let merge = rest.first, merge.at <= point.at {
        append(merge, "absorbed", merge.id, point.id)
        rest.removeFirst()
      }
      append(point, event(point, before, isWhole: isWhole), point.mergedInto, point.id)
      before = point
    }
    for merge in rest { append(merge, "absorbed", merge.id, merge.mergedInto ?? merge.id) }
    appendActs(before: Timestamp(microseconds: .max))
    return table
  }

  private static func event(_ point: HistoryRow, _ before: HistoryRow?, isWhole: Bool) -> String {
    switch point.state {
    case .merged: return "merged into"
    case .closed: return "closed"
    case .open: break
    }
    guard let before else { return isWhole ? "opened" : "was" }
    if before.alertedAt == nil && point.alertedAt != nil { return "alerted" }
    return point.reportCount > before.reportCount ? "grew" : "changed"
  }

  /// What has changed, by section.
  static func diff(_ entries: some Sequence<HistoryDiff.Entry>, _ kind: SummaryKind) -> Table {
    // That analysts merged it is `mergedInto` already.
    let acts = ActColumns.all(entries.lazy.map(\.acts)).filter { kind == .incident && $0.name != "mergedInto" }
    var table = Table(
      columns: [
        Column("section"), Column("id"), Column("kind", isHiddenInTable: true), Column("keywords", isFlexible: true),
        Column("openedAt", title: "opened", dropOrder: 1), Column("lastReportAt", title: "last report", dropOrder: 9),
        Column("state", isHiddenInTable: true), Column("location", dropOrder: 6),
        Column("reportCountBefore", title: "before", alignment: .trailing),
      ] + counts + [
        Column("recurrenceIntervalDaysBefore", title: "before once in", alignment: .trailing, dropOrder: 3), Column("alert"),
        Column("alertedAt", isHiddenInTable: true), Column("mergedInto", title: "into", dropOrder: 2),
        Column("saidAt", isHiddenInTable: true),
      ] + acts, placeColumn: "location", idColumn: "id")
    for entry in entries {
      let row = entry.shown
      table.append(
        [
          .text(entry.section.rawValue), .text(row.id.description), .text(row.kind.rawValue), .words(row.keywords),
          SummaryColumns.cell(row.openedAt), SummaryColumns.cell(row.lastReportAt), .text("\(entry.after.state)"), place(row),
          entry.before.map { .integer($0.reportCount) } ?? .missing,
        ] + cells(row) + [
          entry.before?.significance.map { .interval(days: $0.recurrenceIntervalDays) } ?? .missing,
          .flag(row.alertedAt != nil), SummaryColumns.cell(row.alertedAt), SummaryColumns.cell(entry.mergedInto),
          .time(entry.after.at),
        ] + (acts.isEmpty ? [] : ActColumns.cells(entry.acts, hasHead: false)))
    }
    return table
  }

  private static let counts = [
    Column("reportCount", title: "reports", alignment: .trailing),
    Column("witnessCount", title: "witnesses", alignment: .trailing, dropOrder: 5),
    Column("episodeCount", isHiddenInTable: true), Column("observed", title: "seen", alignment: .trailing, dropOrder: 8),
    Column("expected", title: "usual", alignment: .trailing, dropOrder: 7), Column("ratio", isHiddenInTable: true),
    Column("recurrenceIntervalDays", title: "once in", alignment: .trailing),
    Column("recurrenceIntervalLocalDays", isHiddenInTable: true), Column("recurrenceIntervalRobustDays", isHiddenInTable: true),
  ]

  private static func cells(_ row: HistoryRow) -> [Cell] {
    if row.state == .merged { return Array(repeating: .missing, count: 9) }
    let episodes: Cell = row.kind == .incident ? .integer(row.episodeCount) : .missing
    let cells: [Cell] = [.integer(row.reportCount), .integer(row.witnessCount), episodes]
    guard let significance = row.significance else { return cells + Array(repeating: .missing, count: 6) }
    return cells + [
      .integer(significance.observed), .estimate(significance.expected), .number(significance.ratio),
      .interval(days: significance.recurrenceIntervalDays), .interval(days: significance.recurrenceIntervalLocalDays),
      .interval(days: significance.recurrenceIntervalRobustDays),
    ]
  }

  private static func place(_ row: HistoryRow) -> Cell { row.location.map { .place($0) } ?? .missing }
}
