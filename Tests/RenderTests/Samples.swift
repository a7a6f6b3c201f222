import Render
import Reports
import TestSupport

/// A table with every kind of cell.
enum Samples {
  static let columns = [
    Column("id", title: "ID"), Column("time", title: "Time"), Column("place", title: "Place"),
    Column("box", isHiddenInTable: true), Column("reportCount", title: "Reports", alignment: .trailing),
    Column("score", alignment: .trailing), Column("keywords", title: "Keywords", isFlexible: true),
  ]

  static func table(_ rows: [[Cell]]) -> Table {
    var table = Table(columns: columns, placeColumn: "place", boxColumn: "box", idColumn: "id")
    for row in rows { table.append(row) }
    return table
  }

  static let two = table([
    [
      .text("a1"), .time(Timestamp(seconds: 1_423_573_559)),
      .place(Coordinate(latitudeE7: 423_601_000, longitudeE7: -710_589_000)),
      .box(BoundingBox(westE7: -710_600_000, southE7: 423_000_001, eastE7: -710_000_000, northE7: 424_000_000)),
      .integer(.max), .number(0.5), .words(["storm", "power cut"]),
    ],
    [.text("b"), .missing, .missing, .missing, .integer(7), .number(.nan), .words([])],
  ])

  static func oneColumn(_ cell: Cell, isFlexible: Bool = false, named name: String = "x") -> Table {
    var table = Table(columns: [Column(name, isFlexible: isFlexible)])
    table.append([cell])
    return table
  }
}

extension SeededGenerator {
  /// Text that is mostly trouble.
  mutating func text() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "b", " ", ",", "\"", "'", "=", "+", "-", "@", "\t", "\r", "\n", "\\", "\u{0}", "\u{1b}", "\u{7f}", "\u{9b}", "é", "e",
      "\u{301}", "漢", "字", "한", "ア", "\u{200d}", "😀", "\u{fe0f}", "\u{202e}", "\u{2066}", "\u{200f}", "\u{61c}", "\u{2028}",
      "…", "\u{10ffff}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...12, using: &self) { text.append(scalars[Int.random(in: scalars.indices, using: &self)]) }
    return String(text)
  }
}
