import JSON
import Render
import Testing

/// The cells that detection brought, and tables that leave out columns.
@Suite struct DetectionCellTests {
  private func text(_ format: OutputFormat, width: Int? = nil, _ table: Table) -> String {
    String(decoding: Renderer(format: format, width: width, allowsColor: false).render(table), as: UTF8.self)
  }

  @Test func eachFormatHasItsOwnForm() {
    var table = Table(columns: [Column("usual"), Column("every"), Column("alert")])
    table.append([.estimate(3.149), .interval(days: 34.25), .flag(true)])
    table.append([.estimate(.nan), .interval(days: .infinity), .flag(false)])
    table.append([.missing, .interval(days: .nan), .missing])
    #expect(
      text(.ndjson, table) == """
        {"usual":3.149,"every":34.25,"alert":true}
        {"usual":null,"every":1000000000.0,"alert":false}
        {"usual":null,"every":null,"alert":null}

        """)
    #expect(text(.csv, table) == "usual,every,alert\r\n3.149,34.25,true\r\n,1000000000.0,false\r\n,,\r\n")
    #expect(
      text(.table, table) == """
        usual  every        alert
        3.1    34 days      *
               >1000 years


        """)
  }

  @Test func narrowTerminalsLoseTheLeastFirst() {
    var table = Table(columns: [
      Column("id"), Column("words", isFlexible: true), Column("second", dropOrder: 2), Column("first", dropOrder: 1),
      Column("last"),
    ])
    table.append([.text("aaaa"), .text("a long text of 30 characters .."), .text("bbbbbb"), .text("ccccc"), .text("dddd")])
    func heading(_ width: Int?) -> String { String(text(.table, width: width, table).prefix { $0 != "\n" }) }
    for width in [nil, 80, 58] as [Int?] { #expect(heading(width).contains("first"), "\(width ?? 0)") }
    // 4 + 24 + 6 + 5 + 4 and four gaps of two: below that a column goes, before the words become illegible.
    #expect(heading(51).contains("first"))
    #expect(!heading(50).contains("first") && heading(50).contains("second"))
    #expect(heading(44).contains("second") && !heading(43).contains("second"))
    #expect(heading(5).contains("id") && heading(5).contains("last"))
    for width in 24...80 {
      let lines = text(.table, width: width, table).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(width)")
    }
    // Other formats leave out nothing.
    #expect(text(.csv, width: 5, table).hasPrefix("id,words,second,first,last\r\n"))
  }
}
