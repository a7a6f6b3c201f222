import Archive
import Arguments
import Engine
import Render

/// Finds what an operand names, and says what became of it where it is not there.
enum SummaryFinder {
  static let kindFlag = Flag(
    "kind", "KIND", "What ID names, where ids of several kinds begin alike", choices: SummaryKind.allCases.map(\.rawValue))

  enum Answer {
    case found(SummaryDetail)
    case nothing(ExitCode)
  }

  static func find(_ arguments: ParsedArguments, _ reader: borrowing ArchiveReader) throws -> Answer {
    let id = arguments.operands[0].lowercased()
    let kinds = arguments.string("kind").flatMap(SummaryKind.init(rawValue:)).map { [$0] } ?? SummaryKind.allCases
    switch try reader.find(id, among: kinds) {
    case .found(let detail): return .found(try reader.withActs(detail, ActFlags.filter(reader)))
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.id)")
      return .found(try reader.withActs(into, ActFlags.filter(reader)))
    case .none:
      if let gone = try gone(id, kinds, reader) {
        let days = try reader.retention().first { $0.tier == .summaries }?.days
        Output.complain(
          "\(gone.kind.rawValue) \(gone.id): its time is over: what is closed is kept for \(days.map { "\($0) days" } ?? "a time") "
            + "after its last report, [retention] summaryDays; `tocsin history \(gone.id)` tells what is left")
        return .nothing(.nothingFound)
      }
      let names = kinds.count == 1 ? "no \(kinds[0].rawValue)'s id" : "no id"
      Output.complain("\(names) begins with \"\(id)\"; `tocsin list` shows them, with --kind for others than incidents")
      return .nothing(.nothingFound)
    case .ambiguous(let ids):
      Output.complain("several ids begin with \"\(id)\": \(ids.map(\.description).joined(separator: ", "))")
      return .nothing(.failure)
    }
  }

  /// The one id that begins so of which only the history knows any more; nil where there is none, or several.
  static func gone(
    _ prefix: String, _ kinds: [SummaryKind], _ reader: borrowing ArchiveReader
  ) throws -> (kind: SummaryKind, id: ClusterID)? {
    guard try reader.retention().contains(where: { $0.tier == .summaries && $0.completeSince != nil }) else { return nil }
    let ids = try reader.historyIDs(beginning: prefix, among: kinds, limit: 2)
    return ids.count == 1 ? ids[0] : nil
  }

  /// The row that `list` prints for it.
  static func table(_ detail: SummaryDetail) -> Table {
    switch detail {
    case .incident(let incident): IncidentTable.make([incident.row])
    case .episode(let episode): EpisodeTable.make([episode.row])
    case .cluster(let cluster): ClusterTable.make([cluster.row])
    }
  }
}
