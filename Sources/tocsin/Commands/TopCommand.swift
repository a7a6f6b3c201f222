import Archive
import Arguments
import Render
import Reports

/// `tocsin top`: what stands out, day by day, or the least usual incidents, or the largest clusters.
enum TopCommand {
  static let description = Command(
    "top", "What stands out: incidents, or the days on which a keyword brought the most above its usual",
    flags: CommonFlags.filters + [
      Flag(
        "by", "WHAT", "Rank days of a keyword, incidents by how seldom the like comes, or clusters by witnesses; default days",
        choices: ["days", "incidents", "clusters"]),
      ActFlags.silenced, CommonFlags.limit, CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin top", "the ten days and keywords that stand out most"),
      .init("tocsin top --keyword snow", "when it was that people reported snow"),
      .init("tocsin top --by incidents --since \"7d ago\"", "the least usual of the week"),
      .init("tocsin top --by clusters --near 42.35,-71.06 --within 2km", "the largest clusters around a place"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    filter.order = .largest
    filter.limit = filter.limit ?? 10
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    try KeywordStems.admit(to: &filter, reader)
    let table: Table
    if let kind = ["incidents": SummaryKind.incident, "clusters": .cluster][arguments.string("by") ?? "days"] {
      let acts = try ActFlags.filter(arguments, kind, reader)
      table = try ListCommand.table(kind, filter, acts, reader)
      if table.rows.isEmpty {
        try Widening(arguments, kind, filter, acts, reader).complain("no \(kind.rawValue) stands out")
      }
    } else {
      if let since = filter.since { try ExpiredCountsNote.complain(since: since, reader) }
      table = days(try reader.days(filter))
      if table.rows.isEmpty, let says = try StaleTime.says(arguments, filter.since, reader) { Output.complain(says) }
    }
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  private static func days(_ rows: [DayRow]) -> Table {
    var table = Table(
      columns: [
        Column("keyword", isFlexible: true), Column("day"), Column("reportCount", title: "reports", alignment: .trailing),
        Column("witnessCount", title: "witnesses", alignment: .trailing),
        Column("usualCount", title: "usual", alignment: .trailing), Column("location", title: "most of them near"),
      ], placeColumn: "location")
    for row in rows {
      table.append([
        .text(row.keyword), .text(String(row.day.description.prefix(10))), .integer(row.reportCount), .integer(row.witnessCount),
        .number((row.usualCount * 100).rounded() / 100), row.location.map { .place($0) } ?? .missing,
      ])
    }
    return table
  }
}
