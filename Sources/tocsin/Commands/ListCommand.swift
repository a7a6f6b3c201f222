import Archive
import Arguments
import Engine
import Platform
import Render
import Reports

/// `tocsin list`: the incidents, or what they are made of, the latest first.
enum ListCommand {
  static let description = Command(
    "list", "Incidents, the latest first; also the episodes and clusters that they are made of",
    flags: CommonFlags.filters + [
      CommonFlags.kind(to: "list"),
      CommonFlags.alerts,
      CommonFlags.all,
      Flag("as-of", "TIME", "What this list has shown at an earlier time of the reports"),
      CommonFlags.state,
    ] + ActFlags.list + [CommonFlags.limit, ListPage.after, ListPage.count, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin list --since \"24h ago\"", "what has been unusual since yesterday"),
      .init("tocsin list --alerts --format ndjson", "every alert, an object a line"),
      .init("tocsin list --near 42.346,-71.098 --within 2km --keyword \"street light\"", "one topic in one place"),
      .init("tocsin list --limit 50", "the first page; it says how the next one is asked for"),
      .init("tocsin list --unacknowledged", "what nobody has looked at yet; `tocsin acknowledge ID` takes one off"),
      .init("tocsin list --as-of \"2015-02-10 08:00\"", "what could be known then"),
      .init("tocsin list --kind cluster", "where reports stand close together, unusual or not"),
      .init("tocsin list --format geojson > incidents.geojson", "all of it, for a map"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    try KeywordStems.admit(to: &filter, reader)
    let kind = CommonFlags.kind(arguments)
    let acts = try ActFlags.filter(arguments, kind, reader)
    if let time = try arguments.moment("as-of", now: Timestamp(microseconds: Clock.wallMicroseconds())) {
      for flag in ["after", "count"] where arguments.has(flag) || arguments.string(flag) != nil {
        throw ArgumentError("list: --\(flag) does not go with --as-of, which lists everything at once; take --limit")
      }
      return try ClusterTable.print(
        try table(kind, asOf: time, filter, acts, reader), CommonFlags.outputFormat(arguments))
    }
    filter.after = try ListPage.cursor(arguments)
    if arguments.has("count") { return try ListPage.printCount(kind, filter, acts, reader, arguments) }
    let page = try ListPage(kind, filter, acts, reader)
    defer { page.complain() }
    let table = page.table
    if table.rows.isEmpty {
      try Widening(arguments, kind, filter, acts, reader).complain("no \(kind.rawValue) is listed")
      if kind != .cluster { try complainOfLearning(reader) }
    }
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  static func table(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader, isQuiet: Bool = false
  ) throws -> Table {
    switch kind {
    case .incident:
      let list = try reader.incidents(filter, acts)
      if !isQuiet { ActText.complain(of: list.passed) }
      return IncidentTable.make(list.rows)
    case .episode: return EpisodeTable.make(try reader.episodes(filter))
    case .cluster: return ClusterTable.make(try reader.clusters(filter))
    }
  }

  private static func table(
    _ kind: SummaryKind, asOf time: Timestamp, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader
  ) throws -> Table {
    guard kind == .incident else { return HistoryTableText.list(try reader.rows(of: kind, asOf: time, filter)) }
    let (rows, passed) = try reader.incidents(asOf: time, filter, acts)
    ActText.complain(of: passed)
    try ActText.complainOfLaterActs(than: time, reader)
    return HistoryTableText.list(rows, ActColumns.all(rows.lazy.map(\.acts)))
  }

  /// Says why nothing is listed yet, where a baseline is too young to tell what is unusual.
  private static func complainOfLearning(_ reader: borrowing ArchiveReader) throws {
    let calibrations = try reader.calibrations()
    var filter = ClusterFilter()
    filter.includesExplained = true
    filter.limit = 1
    if calibrations.isEmpty, try reader.incidents(filter).isEmpty {
      Output.complain("nothing has been scored yet; `--kind cluster` shows clusters")
    }
    for row in calibrations where row.summary.isLearning {
      let (covered, needed) = (Words.estimate(row.summary.coveredDays), Words.estimate(row.summary.warmUpDays))
      Output.complain(
        "profile \(row.label) is still learning what is usual (covered \(covered) of \(needed) days): nothing alerts yet; "
          + "`--kind cluster` shows clusters")
    }
  }
}
