import JSON
package import Platform

/// Everything that a run of the study found.
package struct StudyReport: Sendable {
  package var seed: UInt64
  package var tables: [Table] = []
  /// Plots, each with the name of its file without suffix.
  package var charts: [(name: String, chart: LineChart)] = []

  package init(seed: UInt64) { self.seed = seed }

  /// The tables for readers, with the plots in place.
  package var markdown: String {
    var text = "# Detection: the simulation study\n\nSeed \(seed). A bin stands for a day.\n\n"
    text += tables.map(\.markdown).joined(separator: "\n")
    if !charts.isEmpty { text += "\n## Time to detect over false alarms (AMOC)\n\n" }
    for chart in charts { text += "![\(chart.chart.title)](\(chart.name).png)\n\n" }
    return text
  }

  /// The tables for programs, one object.
  package var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("seed", seed)
    writer.key("tables")
    writer.beginArray()
    for table in tables { table.write(to: &writer) }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }

  /// Writes `study.md`, `study.json` and a `.svg` a chart into a folder, which is made where it is missing.
  package func write(folder: String) throws(SystemError) {
    try FileSystem.makeDirectories(folder)
    try Self.write(Array(markdown.utf8), "\(folder)/study.md")
    try Self.write(json, "\(folder)/study.json")
    for chart in charts { try Self.write(Array(chart.chart.svg.utf8), "\(folder)/\(chart.name).svg") }
  }

  private static func write(_ bytes: [UInt8], _ path: String) throws(SystemError) {
    let file = try File(path, .create)
    try file.truncate(to: 0)
    try file.write(bytes.span)
  }
}
