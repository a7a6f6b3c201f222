import Archive
import Arguments
import JSON
import Render

/// `tocsin show`: one incident, episode or cluster, briefly, with the texts that came first.
enum ShowCommand {
  static let description = Command(
    "show", "One incident, episode or cluster: where, when, who says so", operands: ["ID"],
    flags: [SummaryFinder.kindFlag, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin show 51w0sahm8k7ng", "an id from `tocsin list`"),
      .init("tocsin show 51w0", "or the beginning of one"),
      .init("tocsin explain 51w0", "why it is listed, with every number"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    switch try SummaryFinder.find(arguments, reader) {
    case .nothing(let code): return code
    case .found(let detail):
      let format = CommonFlags.outputFormat(arguments)
      switch format {
      case .table:
        try Output.show(
          SummaryText.head(detail) + ActText.notes(try notes(on: detail, reader)) + SummaryText.samples(samples(detail)))
      case .json, .ndjson: try Output.show(json(detail, try notes(on: detail, reader)))
      case .csv, .geojson: return try ClusterTable.print(SummaryFinder.table(detail), format)
      }
      return .success
    }
  }

  private static func notes(on detail: SummaryDetail, _ reader: borrowing ArchiveReader) throws -> [Act] {
    guard case .incident(let incident) = detail, incident.row.acts != IncidentActs() else { return [] }
    return try reader.acts(on: detail.id).filter { $0.note != nil }
  }

  private static func samples(_ detail: SummaryDetail) -> [SampleText] {
    switch detail {
    case .incident(let incident): incident.best?.samples ?? []
    case .episode(let episode): episode.samples
    case .cluster(let cluster): cluster.samples
    }
  }

  /// The members of `list`, then a cluster's cells, or what analysts said of an incident, then the samples.
  private static func json(_ detail: SummaryDetail, _ notes: [Act]) -> [UInt8] {
    SummaryJSON.object(detail) { writer in
      if case .incident(let incident) = detail { ActText.members(incident.row.acts, notes, to: &writer) }
      if case .cluster(let cluster) = detail { SummaryJSON.cells(cluster.cells, to: &writer) }
      SummaryJSON.samples(samples(detail), to: &writer)
    }
  }
}
