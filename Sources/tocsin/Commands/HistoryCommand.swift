import Archive
import Arguments
import Engine
import Render

/// `tocsin history`: how an incident, an episode or a cluster came to be what it is.
enum HistoryCommand {
  static let description = Command(
    "history", "How an incident, episode or cluster grew: every change of what was said of it, merges included",
    operands: ["ID"],
    flags: [SummaryFinder.kindFlag, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin history 51w0", "an id from `tocsin list`, or the beginning of one; also one that was merged"),
      .init("tocsin history 51w0 --format ndjson", "an object for each change, oldest first"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    guard case .found(let id, let kind) = try subject(arguments, reader) else { return .nothingFound }
    let (points, absorbed) = try reader.history(of: id, kind)
    let extent = try reader.historyExtents().first { $0.kind == kind }
    if points.isEmpty {
      Output.complain(
        "\(kind.rawValue) \(id): nothing of its history is kept"
          + (extent?.completeSince.map { "; it ended before \($0), where what is kept begins" } ?? " yet"))
    }
    let table = HistoryTableText.story(
      points, absorbed: absorbed, acts: kind == .incident ? try reader.acts(on: id) : [], of: id,
      isWhole: extent?.cutNumber == 0 && extent?.completeSince == nil)
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  private enum Subject {
    case found(ClusterID, SummaryKind)
    case nothing
  }

  /// What the operand names; an id that was merged names itself here, not what it became.
  private static func subject(_ arguments: ParsedArguments, _ reader: borrowing ArchiveReader) throws -> Subject {
    let id = arguments.operands[0].lowercased()
    let kinds = arguments.string("kind").flatMap(SummaryKind.init(rawValue:)).map { [$0] } ?? SummaryKind.allCases
    switch try reader.find(id, among: kinds) {
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.id): `tocsin history \(into.id)` tells how that went on")
      return .found(absorbed, into.kind)
    case .none:
      if let gone = try SummaryFinder.gone(id, kinds, reader) { return .found(gone.id, gone.kind) }
    case .found, .ambiguous: break
    }
    switch try SummaryFinder.find(arguments, reader) {
    case .found(let detail): return .found(detail.id, detail.kind)
    case .nothing(.failure): throw ArgumentError("history: ID \"\(id)\" is the beginning of several; write more of it")
    case .nothing: return .nothing
    }
  }
}
