import Glibc
import Render
import Reports

/// A map of characters for the terminal: letters for what is listed, dots for where reports come from at all.
enum MapText {
  private struct Cell {
    var character: Character = " "
    /// Of SGR (ECMA-48, 8.3.117); empty for none.
    var color = ""
  }

  /// - Parameters:
  ///   - width: columns, the frame included.
  ///   - height: lines at most, the frame included.
  static func lines(
    _ marks: [MapMark], background: [Coordinate], _ projection: MapProjection, width: Int, height: Int, hasColor: Bool
  ) -> String {
    let inner = max(10, width - 2)
    // A character is about twice as high as it is wide.
    let rows = max(4, min(height - 3, Int((Double(inner) / projection.ratio / 2).rounded())))
    let columns = max(10, min(inner, Int((Double(rows) * projection.ratio * 2).rounded())))
    var cells = [[Cell]](repeating: [Cell](repeating: Cell(), count: columns), count: rows)
    func set(_ place: Coordinate, _ character: Character, _ color: String) {
      let point = projection.point(place)
      let (column, row) = (Int(point.x * Double(columns)), Int(point.y * Double(rows)))
      guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
      cells[row][column] = Cell(character: character, color: color)
    }
    for place in background { set(place, "·", "2") }
    // What stands first in the list lies on top.
    for mark in marks.reversed() { set(mark.place, mark.letter ?? "•", mark.isAlerted ? "1;31" : "33") }
    var text = "┌" + String(repeating: "─", count: columns) + "┐\n"
    for row in cells {
      text += "│"
      var color = ""
      for cell in row {
        if hasColor, cell.color != color {
          text += "\u{1b}[0\(cell.color.isEmpty ? "" : ";\(cell.color)")m"
          color = cell.color
        }
        text.append(cell.character)
      }
      if hasColor, !color.isEmpty { text += "\u{1b}[0m" }
      text += "│\n"
    }
    text += "└" + String(repeating: "─", count: columns) + "┘\n"
    let scale = projection.scale
    let bar = max(0, min(columns - 2, Int((scale.share * Double(columns)).rounded()) - 2))
    return text + " ├" + String(repeating: "─", count: bar) + "┤ \(scale.text)\n"
  }
}
