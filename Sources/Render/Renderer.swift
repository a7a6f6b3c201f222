/// Turns tables into the bytes that a command prints. The same table always gives the same bytes.
package struct Renderer: Sendable {
  package let format: OutputFormat
  /// The columns of the terminal; nil where nothing bounds a line, as in a pipe. Only the table heeds it.
  package let width: Int?
  /// Whether the table's heading may be bold.
  package let allowsColor: Bool
  /// Whether a terminal reads it: then CSV, which elsewhere gives texts as they are, shows what would command one as escapes, as the
  /// other formats do anywhere.
  package let isForTerminal: Bool

  package init(format: OutputFormat, width: Int? = nil, allowsColor: Bool = false, isForTerminal: Bool = false) {
    self.isForTerminal = isForTerminal
    self.format = format
    self.width = width
    self.allowsColor = allowsColor
  }

  /// The whole output, UTF-8, which ends with a line break unless it is empty.
  ///
  /// Without rows that is `[]`, nothing in NDJSON and in the table, the header in CSV and a collection without features.
  ///
  /// - Complexity: O(bytes of the output).
  package func render(_ table: Table) -> [UInt8] {
    switch format {
    case .table: renderTable(table)
    case .json: renderJSON(table)
    case .ndjson: renderNDJSON(table)
    case .csv: renderCSV(table)
    case .geojson: renderGeoJSON(table)
    }
  }
}
