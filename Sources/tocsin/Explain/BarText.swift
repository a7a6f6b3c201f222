import Engine
import Render
import Reports

/// Observed beside expected, line by line, with a bar each; only the lines that matter.
enum BarText {
  struct Row {
    var name: String
    var observed: Double
    var expected: Double
    /// How much it adds to what is unusual.
    var excess: Double { observed - (expected.isNaN ? 0 : expected) }
  }

  private static let rowLimit = 12
  private static let barWidth = 24

  /// - Parameter what: what a row is, in the plural, for the line on those that are left out.
  static func lines(_ rows: [Row], what: String) -> String {
    guard !rows.isEmpty else { return "" }
    let chosen = Set(
      rows.indices.sorted { (rows[$1].excess, $0) < (rows[$0].excess, $1) }.prefix(rowLimit).filter {
        rows[$0].observed > 0
      })
    let shown = rows.indices.filter(chosen.contains).map { rows[$0] }
    let rest = rows.indices.filter { !chosen.contains($0) }.map { rows[$0] }
    let greatest = shown.map { max($0.observed, $0.expected.isNaN ? 0 : $0.expected) }.max() ?? 0
    let nameWidth = shown.map(\.name.count).max() ?? 0
    let observedWidth = shown.map { Words.grouped($0.observed).count }.max() ?? 0
    let expectedWidth = shown.map { Words.estimate($0.expected).count }.max() ?? 0
    var text = ""
    for row in shown {
      let name = row.name + String(repeating: " ", count: nameWidth - row.name.count)
      let observed = padded(Words.grouped(row.observed), observedWidth)
      let expected = padded(Words.estimate(row.expected), expectedWidth)
      text += "  \(name)  \(observed) for \(expected)  \(Words.bar(row.observed, of: greatest, width: barWidth))\n"
    }
    if !rest.isEmpty {
      let observed = Words.grouped(rest.reduce(0) { $0 + $1.observed })
      let expected = Words.estimate(rest.reduce(0) { $0 + ($1.expected.isNaN ? 0 : $1.expected) })
      text += "  \(rest.count) other \(what): \(observed) for \(expected)\n"
    }
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
