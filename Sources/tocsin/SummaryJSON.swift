import Archive
import Engine
import JSON
import Render
import Reports

/// One summary as a JSON object: the members of `list`, then its parts.
enum SummaryJSON {
  static func object(_ detail: SummaryDetail, parts: (inout JSONWriter) -> Void) -> [UInt8] {
    let listed = Renderer(format: .ndjson).render(SummaryFinder.table(detail))
    var writer = JSONWriter()
    // The line without its closing brace and line feed: the same members in the same form.
    let open = listed.dropLast(2).dropFirst()
    writer.beginObject()
    writer.raw(open.span)
    parts(&writer)
    writer.endObject()
    writer.endLine()
    return Renderer.escapingBidirectionalControls(writer.bytes)
  }

  static func array<Element>(
    _ name: String, _ elements: [Element], to writer: inout JSONWriter, _ write: (inout JSONWriter, Element) -> Void
  ) {
    writer.key(name)
    writer.beginArray()
    for element in elements { write(&writer, element) }
    writer.endArray()
  }

  /// `cells` of a cluster: `row, column, reportCount, witnessCount`.
  static func cells(_ cells: [ClusterSummary.CellCount], to writer: inout JSONWriter) {
    array("cells", cells, to: &writer) { writer, cell in
      writer.beginObject()
      writer.member("row", cell.cell.row)
      writer.member("column", cell.cell.column)
      writer.member("reportCount", cell.reportCount)
      writer.member("witnessCount", cell.witnessCount)
      writer.endObject()
    }
  }

  /// `samples`: `source, id, time, text, nearDuplicateCount, journalPosition`.
  static func samples(_ samples: [SampleText], to writer: inout JSONWriter) {
    array("samples", samples, to: &writer) { writer, sample in
      writer.beginObject()
      writer.member("source", sample.source)
      writer.member("id", sample.reportID)
      writer.member("time", sample.reportedAt.description)
      writer.member("text", sample.text)
      writer.member("nearDuplicateCount", sample.nearDuplicateCount)
      writer.member("journalPosition", sample.journalPosition)
      writer.endObject()
    }
  }
}
