import Archive
import Render
import Reports

/// One thing on a map.
struct MapMark {
  /// `A` to `Z` for those that stand first; nil for the rest.
  var letter: Character?
  var place: Coordinate
  var box: BoundingBox?
  var reportCount: UInt64
  var isAlerted: Bool
  /// What is said of it: `snow: 62 reports, once in 34 days`.
  var says: String

  /// The rows of a list that have a place, in its order.
  static func make(_ table: Table) -> [MapMark] {
    func index(_ name: String) -> Int { table.columns.firstIndex { $0.name == name } ?? 0 }
    let columns = ["location", "boundingBox", "reportCount", "alert", "keywords", "recurrenceIntervalDays", "id"].map(index)
    var marks: [MapMark] = []
    for row in table.rows {
      guard case .place(let place) = row[columns[0]], case .integer(let reports) = row[columns[2]],
        case .words(let words) = row[columns[4]], case .text(let id) = row[columns[6]]
      else { continue }
      var says = "\(id) \(words.joined(separator: ", ")): \(Words.quantity(Double(reports), "report"))"
      if case .interval(let days) = row[columns[5]], days.isFinite { says += ", once in \(Words.interval(days: days))" }
      var box: BoundingBox?
      if case .box(let found) = row[columns[1]] { box = found }
      let letter = marks.count < 26 ? Character(UnicodeScalar(UInt8(65 + marks.count))) : nil
      marks.append(
        MapMark(
          letter: letter, place: place, box: box, reportCount: reports, isAlerted: row[columns[3]] == .flag(true), says: says))
    }
    return marks
  }
}
