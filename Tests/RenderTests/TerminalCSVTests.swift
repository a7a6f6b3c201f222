import Render
import TestSupport
import Testing

/// CSV is exact in a file, and harmless on a terminal.
struct TerminalCSVTests {
  @Test(arguments: 0..<64 as Range<UInt64>) func nothingHarmfulReachesATerminal(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var table = Table(columns: [Column("a"), Column("b")])
    for _ in 0..<20 { table.append([.text(generator.text()), .words([generator.text(), generator.text()])]) }
    let text = String(decoding: Renderer(format: .csv, isForTerminal: true).render(table), as: UTF8.self)
    var previous: Unicode.Scalar = "\n"
    for scalar in text.unicodeScalars where scalar != "\r" {
      #expect(
        scalar == "\n" || (scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl), "seed \(seed)")
      previous = scalar
    }
    #expect(previous == "\n")
    // Carriage returns end records, and stand nowhere else.
    #expect(text.unicodeScalars.count { $0 == "\r" } == table.rows.count + 1, "seed \(seed)")
  }

  @Test func aFileGetsTheTextAsItIs() {
    var table = Table(columns: [Column("a")])
    table.append([.text("x\u{1b}[2J\ny")])
    #expect(String(decoding: Renderer(format: .csv).render(table), as: UTF8.self) == "a\r\n\"x\u{1b}[2J\ny\"\r\n")
    let terminal = String(decoding: Renderer(format: .csv, isForTerminal: true).render(table), as: UTF8.self)
    #expect(terminal == "a\r\n\"x\\u{1b}[2J\ny\"\r\n")
  }
}
