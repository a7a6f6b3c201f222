import Archive
import Engine
import Render

/// What analysts have made of incidents, as the last members of a row. The table shows a column where it has something to say.
enum ActColumns {
  static func all(_ rows: some Sequence<IncidentActs>) -> [Column] {
    func isEmpty(_ has: (IncidentActs) -> Bool) -> Bool { !rows.contains(where: has) }
    return [
      Column("acknowledgedAt", isHiddenInTable: true),
      Column("acknowledgedBy", title: "seen by", isHiddenInTable: isEmpty { $0.acknowledged != nil }, dropOrder: 8),
      Column("assignee", title: "with", isHiddenInTable: isEmpty { $0.assigned != nil }, dropOrder: 9),
      Column("noteCount", isHiddenInTable: true),
      Column(
        "memberCount", title: "merged", alignment: .trailing, isHiddenInTable: isEmpty { !$0.members.isEmpty }, dropOrder: 7),
      Column("mergedInto", isHiddenInTable: true),
      Column("silencedBy", title: "silence", alignment: .trailing, isHiddenInTable: isEmpty { $0.silence != nil }),
    ]
  }

  static var names: [String] { all(EmptyCollection()).map(\.name) }

  /// - Parameter hasHead: whether `mergedInto` is one of the columns.
  static func cells(_ acts: IncidentActs, hasHead: Bool = true) -> [Cell] {
    [
      SummaryColumns.cell(acts.acknowledged?.at), text(acts.acknowledged?.analyst), text(acts.assigned?.object),
      .integer(acts.noteCount), .integer(UInt64(acts.members.count)),
    ] + (hasHead ? [SummaryColumns.cell(acts.head)] : []) + [acts.silence.map { .integer($0.number) } ?? .missing]
  }

  static func text(_ text: String?) -> Cell { text.map { .text($0) } ?? .missing }
}
