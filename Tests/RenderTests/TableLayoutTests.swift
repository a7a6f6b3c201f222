import Glibc
import Render
import Reports
import TestSupport
import Testing

/// Renders texts in columns `a`, `b`, … of which some are flexible, and compares the lines under the heading.
private func check(
  _ rows: [[String]], flexible: Set<Int> = [], trailing: Set<Int> = [], width: Int? = nil, color: Bool = false,
  _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
  let lines = lines(rows, flexible: flexible, trailing: trailing, width: width, color: color)
  #expect(lines.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(lines)", sourceLocation: sourceLocation)
}

private func lines(
  _ rows: [[String]], flexible: Set<Int> = [], trailing: Set<Int> = [], width: Int? = nil, color: Bool = false
) -> [String] {
  let names = ["a", "b", "c", "d"].prefix(rows[0].count)
  var table = Table(
    columns: names.enumerated().map { index, name in
      Column(name, alignment: trailing.contains(index) ? .trailing : .leading, isFlexible: flexible.contains(index))
    })
  for row in rows { table.append(row.map(Cell.text)) }
  let bytes = Renderer(format: .table, width: width, allowsColor: color).render(table)
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

struct TableLayoutTests {
  @Test func columnsAreAsWideAsTheirContent() {
    check([["one", "2"], ["", "22"]], ["a    b", "one  2", "     22", ""])
    check([["one", "2"], ["", "22"]], trailing: [0, 1], ["  a   b", "one   2", "     22", ""])
  }

  @Test func blanksDoNotTrail() {
    check([["a  ", "  "], ["b", ""]], ["a    b", "a", "b", ""])
    check([["a", " \u{301}"]], ["a  b", "a   \u{301}", ""])
  }

  @Test func headingIsBoldOnlyInColor() {
    check([["x", ""]], color: true, ["\u{1b}[1ma  b\u{1b}[0m", "x", ""])
  }

  @Test func hiddenColumnsAloneGiveNothing() {
    var table = Table(columns: [Column("a", isHiddenInTable: true)])
    table.append([.text("x")])
    #expect(Renderer(format: .table).render(table).isEmpty)
    #expect(Renderer(format: .csv).render(table) == Array("a\r\nx\r\n".utf8))
  }

  @Test func wideCharactersTakeTwoColumns() {
    check([["漢字", "x"], ["ab", "y"]], ["a     b", "漢字  x", "ab    y", ""])
    check([["한국", "x"], ["ｱ", "y"], ["Ａ", "z"]], ["a     b", "한국  x", "ｱ     y", "Ａ    z", ""])
    check([["😀", "x"], ["🇩🇪", "y"], ["⚡", "z"], ["☃", "w"]], ["a   b", "😀  x", "🇩🇪  y", "⚡  z", "☃   w", ""])
  }

  @Test func marksTakeNoColumn() {
    check([["e\u{301}", "x"], ["é", "y"]], ["a  b", "e\u{301}  x", "é  y", ""])
    check([["a\u{200b}\u{200d}\u{fe0f}\u{feff}", "x"]], ["a  b", "a\u{200b}\u{200d}\u{fe0f}\u{feff}  x", ""])
    // Hangul in its parts.
    check([["\u{1112}\u{1161}\u{11ab}", "x"]], ["a   b", "\u{1112}\u{1161}\u{11ab}  x", ""])
  }

  @Test func flexibleColumnsShrink() {
    check([["abcdefghij", "x"]], flexible: [0], width: 13, ["a           b", "abcdefghij  x", ""])
    check([["abcdefghij", "x"]], flexible: [0], width: 12, ["a          b", "abcdefgh…  x", ""])
    check([["abcdefghij", "x"]], flexible: [], width: 5, ["a           b", "abcdefghij  x", ""])
    // Not below four, however narrow the terminal is.
    check([["abcdefghij", "x"]], flexible: [0], width: 0, ["a     b", "abc…  x", ""])
    check([["abc", "x"]], flexible: [0], width: 0, ["a    b", "abc  x", ""])
    // The widest gives first, the rightmost of equals.
    check([["abcdefgh", "abcdef"]], flexible: [0, 1], width: 14, ["a       b", "abcde…  abcdef", ""])
    check([["abcdefgh", "abcdef"]], flexible: [0, 1], width: 13, ["a       b", "abcde…  abcd…", ""])
  }

  @Test func cutKeepsCharactersWhole() {
    check([["漢字漢字", "x"]], flexible: [0], width: 10, ["a        b", "漢字漢…  x", ""])
    check([["漢字漢字", "x"]], flexible: [0], width: 9, ["a       b", "漢字…   x", ""])
    check([["abce\u{301}fgh", "x"]], flexible: [0], width: 8, ["a      b", "abce\u{301}…  x", ""])
    // A mark that nothing precedes is no reason to cut.
    check([["\u{301}abcd", "x"]], flexible: [0], width: 7, ["a     b", "\u{301}abcd  x", ""])
  }

  /// The C library's `wcwidth` is the judge: columns stand below each other and lines fit the terminal.
  @Test(arguments: 0..<64 as Range<UInt64>) func widthsAgreeWithTheSystem(seed: UInt64) throws {
    guard let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else {
      print("SKIPPED widthsAgreeWithTheSystem: no locale C.UTF-8")
      return
    }
    // Swift's Glibc module leaves it out.
    let symbol = try unsafe #require(unsafe dlsym(nil, "wcwidth"))
    let wcwidth = unsafe unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
    let previous = unsafe uselocale(locale)
    defer {
      unsafe uselocale(previous)
      unsafe freelocale(locale)
    }
    func systemWidth(_ text: some StringProtocol) -> Int {
      text.unicodeScalars.reduce(0) { $0 + max(0, Int(wcwidth(wchar_t($1.value)))) }
    }
    let blocks: [ClosedRange<UInt32>] = [
      0x21...0x7e, 0xa1...0xac, 0x391...0x3a1, 0x300...0x36f, 0x5d0...0x5ea, 0x904...0x939, 0x1100...0x115f, 0x3041...0x3096,
      0x3105...0x312f, 0x4e00...0x9fff, 0xac00...0xd7a3, 0xff01...0xff60, 0xff61...0xff9f, 0x1f600...0x1f64f, 0x1f900...0x1f93a,
      0x20000...0x2a6df, 0xfe00...0xfe0f, 0x25a0...0x25fc, 0x2190...0x21ff,
    ]
    var generator = SeededGenerator(seed: seed)
    func text() -> String {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        let block = blocks[Int.random(in: blocks.indices, using: &generator)]
        if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &generator)) { text.append(scalar) }
      }
      return String(text)
    }
    let rows = (0..<8).map { _ in [text(), text(), "|"] }
    for width in [nil, 30, 20, 13] {
      let lines = lines(rows, flexible: [0, 1], width: width).dropFirst().dropLast()
      let widths = Set(lines.map(systemWidth))
      #expect(widths.count == 1, "seed \(seed)")
      if let width { #expect(widths.max() ?? 0 <= width, "seed \(seed)") }
    }
  }
}
