import Archive
import Arguments
import Engine
import JSON
import Render
import Reports

/// `tocsin show`: one cluster, with its cells and the texts that came first.
enum ShowCommand {
  static let description = Command(
    "show", "One cluster: where, when, who says so", operands: ["ID"],
    flags: [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin show 51w0sahm8k7ng", "an id from `tocsin list`"),
      .init("tocsin show 51w0", "or the beginning of one"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let id = arguments.operands[0].lowercased()
    let detail: ClusterDetail
    switch try reader.cluster(id) {
    case .found(let found): detail = found
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.row.id)")
      detail = into
    case .none:
      Output.complain("no cluster's id begins with \"\(id)\"; `tocsin list` shows them")
      return .nothingFound
    case .ambiguous(let ids):
      Output.complain("several ids begin with \"\(id)\": \(ids.map(\.description).joined(separator: ", "))")
      return .failure
    }
    switch CommonFlags.outputFormat(arguments) {
    case .table: try Output.write(text(detail))
    case .json, .ndjson: try Output.write(json(detail))
    case .csv, .geojson: return try ClusterTable.print(ClusterTable.make([detail.row]), CommonFlags.outputFormat(arguments))
    }
    return .success
  }

  private static func text(_ detail: ClusterDetail) -> [UInt8] {
    let row = detail.row
    var text = """
      cluster    \(row.id)  (\(row.state.rawValue))
      keywords   \(harmless(row.keywords.joined(separator: ", ")))
      reports    \(row.reportCount), by \(row.witnessCount) witnesses from \(row.sourceCount) sources
      time       \(row.openedAt) to \(row.lastReportAt)
      centre     \(degrees(row.location.latitudeE7)), \(degrees(row.location.longitudeE7))
      box        \(degrees(row.boundingBox.westE7)), \(degrees(row.boundingBox.southE7)) to \
      \(degrees(row.boundingBox.eastE7)), \(degrees(row.boundingBox.northE7))
      cells      \(detail.cells.map { "\($0.cell.row)/\($0.cell.column): \($0.reportCount)" }.joined(separator: ", "))

      """
    if !detail.samples.isEmpty { text += "\nThe first reports with different texts:\n" }
    for sample in detail.samples {
      text += "  \(sample.reportedAt)  \(harmless(sample.source))  \(harmless(sample.reportID))\n      \(harmless(sample.text))\n"
    }
    return Array(text.utf8)
  }

  private static func degrees(_ value: Int32) -> String { "\(Double(value) / 1e7)" }

  /// The members of `list`, then the cells and samples.
  private static func json(_ detail: ClusterDetail) -> [UInt8] {
    let listed = Renderer(format: .ndjson).render(ClusterTable.make([detail.row]))
    var writer = JSONWriter()
    // The line without its closing brace and line feed: the same members in the same form.
    let open = listed.dropLast(2).dropFirst()
    writer.beginObject()
    writer.raw(open.span)
    writer.key("cells")
    writer.beginArray()
    for cell in detail.cells {
      writer.beginObject()
      writer.member("row", cell.cell.row)
      writer.member("column", cell.cell.column)
      writer.member("reportCount", cell.reportCount)
      writer.member("witnessCount", cell.witnessCount)
      writer.endObject()
    }
    writer.endArray()
    writer.key("samples")
    writer.beginArray()
    for sample in detail.samples {
      writer.beginObject()
      writer.member("source", sample.source)
      writer.member("id", sample.reportID)
      writer.member("time", sample.reportedAt.description)
      writer.member("text", sample.text)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
