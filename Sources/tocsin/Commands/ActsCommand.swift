import Archive
import Arguments
import Engine
import Platform
import Render
import Reports

/// `tocsin acts`: the audit of what analysts did.
enum ActsCommand {
  static let description = Command(
    "acts", "The audit: who has done what, when and why; nothing of it can be changed", operands: ["[ID]"],
    flags: [
      Flag("by", "NAME", "Only what this analyst did; \(Act.nobody) is what ended by itself"),
      Flag("since", "TIME", "Only what was done at or after this time (2015-02-10, \"2h ago\", yesterday)"),
      Flag("until", "TIME", "Only what was done before this time"), Flag("limit", "N", "Print only the latest so many"),
      CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin acts --since \"8h ago\"", "what the shift before me did"),
      .init("tocsin acts 51w0", "what was done to one incident, also under ids that it has absorbed"),
      .init("tocsin acts --format csv > audit.csv", "all of it"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let since = try arguments.moment("since", now: now)
    let until = try arguments.moment("until", now: now)
    if let since, let until, until < since { throw ArgumentError("--until: \(until) lies before --since \(since)") }
    let limit = try arguments.integer("limit", in: 1...10_000_000)
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    var id: ClusterID?
    if let operand = arguments.operands.first {
      id = try subject(operand, reader)
      if id == nil { return .nothingFound }
    }
    let acts = try reader.acts(on: id, analyst: arguments.string("by"), since: since, until: until, limit: limit)
    let live = try reader.liveIncidents(of: acts.compactMap { $0.kind == .incident ? ClusterID($0.id) : nil })
    if acts.isEmpty { Output.complain("no act is known\(id.map { " on \($0)" } ?? " of that kind")") }
    return try ClusterTable.print(table(acts, live), CommonFlags.outputFormat(arguments))
  }

  /// An incident that is there, else one that acts name.
  private static func subject(_ operand: String, _ reader: borrowing ArchiveReader) throws -> ClusterID? {
    switch try reader.find(operand, among: [.incident]) {
    case .found(let detail): return detail.id
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.id)")
      return into.id
    case .none, .ambiguous: break
    }
    let ids = try reader.actedIDs(beginning: operand)
    if ids.count > 1 {
      throw ArgumentError("acts: several ids begin with \"\(operand)\": \(ids.map(\.description).joined(separator: ", "))")
    }
    if ids.isEmpty {
      Output.complain("no act is known on an id that begins with \"\(operand)\"; `tocsin acts` shows them all")
    }
    return ids.first
  }

  private static func table(_ acts: [Act], _ live: [ClusterID: ClusterID]) -> Table {
    var table = Table(
      columns: [
        Column("number", title: "act", alignment: .trailing), Column("at"), Column("analyst"), Column("verb"),
        Column("kind", isHiddenInTable: true), Column("id"), Column("now", dropOrder: 1),
        Column("isGone", title: "gone", dropOrder: 0),
        Column("object", isFlexible: true), Column("note", isFlexible: true),
      ])
    for act in acts {
      let id = act.kind == .incident ? ClusterID(act.id) : nil
      let now = id.flatMap { live[$0] }
      table.append([
        .integer(act.number), .time(act.at), .text(act.analyst), .text(act.verb.rawValue), .text(act.kind.rawValue),
        .text(act.id),
        now == id ? .missing : SummaryColumns.cell(now), .flag(act.kind == .incident && now == nil), ActColumns.text(act.object),
        ActColumns.text(act.note),
      ])
    }
    return table
  }
}
