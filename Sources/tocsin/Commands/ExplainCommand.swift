import Archive
import Arguments
import Engine
import Render

/// `tocsin explain`: why something is listed, with numbers that add up.
enum ExplainCommand {
  static let description = Command(
    "explain", "Why something is listed: reports, cells, hours, baseline, and every window that fired", operands: ["ID"],
    flags: [SummaryFinder.kindFlag, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin explain 51w0", "an id from `tocsin list`, or the beginning of one"),
      .init("tocsin explain 51w0 --format json", "all numbers, for a program"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    switch try SummaryFinder.find(arguments, reader) {
    case .nothing(let code): return code
    case .found(let detail):
      let format = CommonFlags.outputFormat(arguments)
      switch format {
      case .table: try Output.show(SummaryText.head(detail) + text(detail, Dial(try reader.meta())))
      case .json, .ndjson: try Output.show(ExplanationJSON.object(detail))
      case .csv, .geojson: return try ClusterTable.print(SummaryFinder.table(detail), format)
      }
      return .success
    }
  }

  private static func text(_ detail: SummaryDetail, _ dial: Dial) -> String {
    switch detail {
    case .incident(let incident): text(incident, dial)
    case .episode(let episode): EpisodeText.explain(episode, dial)
    case .cluster(let cluster): text(cluster)
    }
  }

  private static func text(_ detail: IncidentDetail, _ dial: Dial) -> String {
    let summary = detail.row.summary
    var text = "\nWhy\n  latest  \(EpisodeText.score(summary.significance)), seen at \(summary.lastSeenAt)\n"
    text += "  first   \(EpisodeText.score(summary.firstSignificance)), seen at \(summary.firstSeenAt)\n"
    let episodes = detail.episodes.map {
      "  \($0.summary.id)  \(harmless($0.keywords.joined(separator: ", "))): \($0.summary.significance.observed) witnesses where "
        + "\(Words.estimate($0.summary.significance.expected)) were expected, once in "
        + "\(Words.interval(days: $0.summary.significance.recurrenceIntervalDays))\n"
    }
    text += EpisodeText.section("Its episodes, the least usual first", episodes.joined())
    guard let best = detail.best else { return text }
    return text + "\nThe best episode\n\(SummaryText.head(.episode(best)))" + EpisodeText.explain(best, dial)
  }

  private static func text(_ detail: ClusterDetail) -> String {
    let row = detail.row
    var text = "\nWhy\n"
    if let significance = row.significance {
      text += "  \(EpisodeText.score(significance))\n"
    } else {
      text += "  its reports stand closer together than chance puts them; no baseline has scored it yet\n"
    }
    text +=
      row.episode.map { "  it hangs below episode \($0): `tocsin explain \($0)` tells why that is unusual\n" }
      ?? "  no unusual window holds it\n"
    if row.nearDuplicateCount > 0 {
      text += "  \(row.nearDuplicateCount) of its reports say nearly what another one says\n"
    }
    let most = max(detail.cells.map(\.witnessCount).max() ?? 0, 1)
    let cells = detail.cells.sorted { ($1.witnessCount, $0.cell) < ($0.witnessCount, $1.cell) }.prefix(12).map {
      "  \($0.cell == .nowhere ? "no place" : "\($0.cell.row)/\($0.cell.column)")  "
        + "\($0.witnessCount) \(Words.bar(Double($0.witnessCount), of: Double(most), width: 24))\n"
    }
    text += EpisodeText.section("Where: witnesses by cell, the most first", cells.joined())
    return text + SummaryText.samples(detail.samples)
  }
}
