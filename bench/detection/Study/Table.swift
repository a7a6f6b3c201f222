package import JSON

/// One table of the report: rows of values, for readers as Markdown and for programs as JSON.
package struct Table: Sendable {
  /// A value and how it is written.
  package enum Value: Sendable {
    case text(String)
    case count(Int)
    /// With so many digits after the point.
    case number(Double, digits: Int)
    /// Mean ± standard error.
    case estimate(Estimate, digits: Int)
    case missing
  }

  package var title: String
  /// What a reader must know to read it: one paragraph.
  package var note: String
  package var columns: [String]
  package var rows: [[Value]] = []

  package init(title: String, note: String, columns: [String]) {
    self.title = title
    self.note = note
    self.columns = columns
  }

  /// As a section of a Markdown document.
  package var markdown: String {
    var text = "## \(title)\n\n\(note)\n\n| \(columns.joined(separator: " | ")) |\n|"
    text += columns.indices.map { $0 == 0 ? "---|" : "---:|" }.joined() + "\n"
    for row in rows { text += "| \(row.map(\.markdown).joined(separator: " | ")) |\n" }
    return text
  }

  /// As an object: title, note, and a row an object by column.
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("title", title)
    writer.member("note", note)
    writer.key("rows")
    writer.beginArray()
    for row in rows {
      writer.beginObject()
      for (column, value) in zip(columns, row) {
        writer.key(column)
        value.write(to: &writer)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

extension Table.Value {
  /// As a cell of a Markdown table.
  package var markdown: String {
    switch self {
    case .text(let text): text
    case .count(let count): String(count)
    case .number(let number, let digits): number.fixed(digits)
    case .estimate(let estimate, let digits):
      "\(estimate.mean.fixed(digits)) ± \(estimate.standardError.fixed(digits))"
    case .missing: "–"
    }
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .text(let text): writer.value(text)
    case .count(let count): writer.value(count)
    case .number(let number, _): writer.value(number)
    case .estimate(let estimate, _):
      writer.beginObject()
      writer.member("mean", estimate.mean)
      writer.member("standardError", estimate.standardError)
      writer.endObject()
    case .missing: writer.null()
    }
  }
}
