import Archive
import Arguments
import Engine
import Platform
import Render
import Reports

/// `tocsin diff`: what is new, has grown, was merged, was closed or is quieter than at an earlier time.
enum DiffCommand {
  static let description = Command(
    "diff", "What has changed since a time: new, grown, merged, closed, quieter",
    flags: [
      Flag("since", "TIME", "Compare with what was listed then (2015-02-10, \"8h ago\", yesterday 18:00)"),
      Flag("until", "TIME", "Up to this time, instead of up to now"),
      Flag(
        "kind", "KIND", "What to compare: incidents, episodes or clusters; default incident",
        choices: SummaryKind.allCases.map(\.rawValue)),
      CommonFlags.all,
    ] + CommonFlags.placeAndWords + ActFlags.list + [CommonFlags.limit, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin diff --since \"8h ago\"", "what my shift has to know of the one before"),
      .init("tocsin diff --since 2015-02-09 --until 2015-02-10", "what one day brought"),
      .init("tocsin diff --since \"8h ago\" --near 42.35,-71.06 --within 5km --keyword snow", "of one place and topic"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    guard let since = try arguments.moment("since", now: now) else {
      throw ArgumentError("diff: --since TIME is missing; try `tocsin diff --since \"8h ago\"`")
    }
    let until = try arguments.moment("until", now: now)
    if let until, until <= since { throw ArgumentError("--until: \(until) does not lie after --since \(since)") }
    let limit = try arguments.integer("limit", in: 1...10_000_000)
    let kind = arguments.string("kind").flatMap(SummaryKind.init(rawValue:)) ?? .incident
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    var filter = try CommonFlags.filter(arguments)
    (filter.since, filter.until, filter.limit, filter.includesExplained) = (nil, nil, nil, arguments.has("all"))
    try KeywordStems.admit(to: &filter, reader)
    let diff = try reader.difference(
      of: kind, since: since, until: until, filter, ActFlags.filter(arguments, kind, reader))
    let table = HistoryTableText.diff(diff.entries.prefix(limit ?? .max), kind)
    ActText.complain(of: diff.passed)
    ListPage.complainOfCut(table.rows.count, of: diff.entries.count)
    if kind == .incident, let until { try ActText.complainOfLaterActs(than: until, reader) }
    if let says = try StaleTime.says(arguments, since, reader) {
      Output.complain(says)
    } else if table.rows.isEmpty {
      let latest = try reader.historyExtents().compactMap(\.latestAt).max()
      if let latest, latest <= since {
        Output.complain("nothing was said after \(since): the newest of the history is of \(latest)")
      } else {
        Output.complain("no \(kind.rawValue) has changed since \(since)")
      }
    }
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }
}
