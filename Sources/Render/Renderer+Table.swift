import Reports

extension Renderer {
  /// A flexible column is not cut below this many columns of the terminal.
  private static let minimumColumnWidth = 4
  /// While a flexible column would be narrower than this, columns that may be left out are.
  private static let legibleColumnWidth = 24

  /// A line for the terminal, of at most so many columns, with an ellipsis where it was longer.
  package static func cut(_ line: String, toWidth width: Int) -> String { line.cut(toWidth: max(1, width)) }

  /// The columns that harmless text takes in a terminal.
  package static func width(_ text: String) -> Int { text.displayWidth }

  /// Aligned columns under a heading, two spaces apart, without trailing blanks.
  ///
  /// Lines may be wider than the terminal where the columns that are not flexible leave no room.
  func renderTable(_ table: Table) -> [UInt8] {
    var visible = table.columns.indices.filter { !table.columns[$0].isHiddenInTable }
    guard !table.rows.isEmpty, !visible.isEmpty else { return [] }
    let texts = table.rows.map { row in row.map(text) }
    var allWidths = table.columns.map { harmless($0.title).displayWidth }
    for row in texts {
      for index in visible { allWidths[index] = max(allWidths[index], row[index].displayWidth) }
    }
    drop(from: &visible, of: table.columns, allWidths)
    let columns = visible.map { table.columns[$0] }
    let heading = columns.map { harmless($0.title) }
    let rows = texts.map { row in visible.map { row[$0] } }
    var widths = visible.map { allWidths[$0] }
    fit(&widths, of: columns)

    var output = line(heading, columns, widths)
    if allowsColor { output = "\u{1b}[1m" + output + "\u{1b}[0m" }
    output += "\n"
    for row in rows { output += line(row, columns, widths) + "\n" }
    return Array(output.utf8)
  }

  /// Leaves out columns that may be, the first to go first, until the line fits with its flexible columns cut to a legible width.
  private func drop(from visible: inout [Int], of columns: [Column], _ widths: [Int]) {
    guard let width else { return }
    func lineWidth() -> Int {
      visible.reduce(2 * (visible.count - 1)) {
        $0 + (columns[$1].isFlexible ? min(widths[$1], Self.legibleColumnWidth) : widths[$1])
      }
    }
    while lineWidth() > width,
      let first = visible.filter({ columns[$0].dropOrder != nil }).min(by: {
        (columns[$0].dropOrder ?? 0, $1) < (columns[$1].dropOrder ?? 0, $0)
      })
    {
      visible.removeAll { $0 == first }
    }
  }

  /// Takes from the widest flexible column, the rightmost of several, until the line fits.
  private func fit(_ widths: inout [Int], of columns: [Column]) {
    guard let width else { return }
    let flexible = columns.indices.reversed().filter { columns[$0].isFlexible }
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
    while excess > 0, let widest = flexible.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.minimumColumnWidth {
      widths[widest] -= 1
      excess -= 1
    }
  }

  private func line(_ texts: [String], _ columns: [Column], _ widths: [Int]) -> String {
    var line = ""
    for index in texts.indices {
      let text = columns[index].isFlexible ? texts[index].cut(toWidth: widths[index]) : texts[index]
      let padding = String(repeating: " ", count: widths[index] - text.displayWidth)
      if index > 0 { line += "  " }
      line += columns[index].alignment == .leading ? text + padding : padding + text
    }
    // By bytes: a mark on the last blank makes it no blank.
    let blankCount = line.utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
    return String(decoding: line.utf8.dropLast(blankCount), as: UTF8.self)
  }

  /// What people read: times to the minute, places to the metre.
  private func text(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): harmless(text)
    case .words(let words): harmless(words.joined(separator: ", "))
    case .integer(let integer): String(integer)
    case .number(let number): shortestDecimal(number)
    case .estimate(let number): number.isFinite ? Words.estimate(number) : ""
    case .interval(let days): Words.interval(days: days)
    case .flag(let flag): flag ? "*" : ""
    case .time(let time): minute(time)
    case .place(let place): [place.latitudeE7, place.longitudeE7].map(roundedDegrees).joined(separator: ", ")
    case .box(let box): [box.westE7, box.southE7, box.eastE7, box.northE7].map(roundedDegrees).joined(separator: ", ")
    case .missing: ""
    }
  }

  /// `2015-02-10 13:05Z`: the seconds are cut off, not rounded.
  private func minute(_ time: Timestamp) -> String {
    let text = time.description
    let date = text.prefix { $0 != "T" }
    return date + " " + text.dropFirst(date.count + 1).prefix(5) + "Z"
  }
}
