import Archive
import Arguments
import Engine
import JSON
import Render
import Reports

/// One page of a list: its rows, how many there are in all, and what to ask for the next one.
struct ListPage {
  static let after = Flag("after", "CURSOR", "Go on behind the row that a cursor names, as the page before it has said")
  static let count = Flag("count", nil, "Print how many there are instead; past 10,000 they are not counted")
  static let countBound = 10_000

  let table: Table
  private var says: String?

  init(_ kind: SummaryKind, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader) throws {
    var probe = filter
    // One more tells whether there is another page.
    probe.limit = filter.limit.map { $0 + 1 }
    let rows = try ListCommand.table(kind, probe, acts, reader)
    guard let limit = filter.limit, rows.rows.count > limit, let cursor = Self.cursor(of: rows, at: limit - 1) else {
      table = rows
      return
    }
    table = rows.prefix(limit)
    let count = try reader.count(kind, filter, acts, bound: Self.countBound)
    says = "\(Words.grouped(Double(limit))) of \(Self.text(count)); the next: --after \(cursor)"
  }

  /// The first rows of a list in another order than that of time, in which there is no next page.
  init(_ rows: Table, limit: Int?) {
    table = rows.prefix(limit ?? .max)
    let (shown, count) = (table.rows.count, rows.rows.count)
    if shown < count {
      says =
        "\(Words.grouped(Double(shown))) of \(Words.grouped(Double(count))), those that match best; --sort time lists by pages"
    }
  }

  /// Says how the next page is asked for, where there is one.
  func complain() {
    if let says { Output.complain(says) }
  }

  private static func cursor(of table: Table, at row: Int) -> ListCursor? {
    func cell(_ name: String) -> Cell? { table.columns.firstIndex { $0.name == name }.map { table.rows[row][$0] } }
    guard case .text(let id) = cell("id"), let id = ClusterID(id), case .time(let time) = cell("lastReportAt") else { return nil }
    return ListCursor(lastReportAt: time, id: id)
  }

  static func cursor(_ arguments: ParsedArguments) throws(ArgumentError) -> ListCursor? {
    try arguments.value(
      "after", expected: "a cursor: the lastReportAt and the id of a row, as 2015-02-10T13:05:00Z/51w0sahm8k7ng"
    ) {
      ListCursor($0)
    }
  }

  static func text(_ count: BoundedCount) -> String {
    switch count {
    case .exactly(let count): Words.grouped(Double(count))
    case .atLeast(let count): "≥ \(Words.grouped(Double(count)))"
    }
  }

  /// Says how many rows there are where a limit leaves some of them out and no cursor goes on behind it.
  static func complainOfCut(_ count: Int, of total: Int) {
    guard count < total else { return }
    Output.complain("\(Words.grouped(Double(count))) of \(Words.grouped(Double(total))); a greater --limit shows more")
  }

  /// `1,234` or `≥ 10,000`; in other formats `count` and `isExact`.
  static func printCount(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader,
    _ arguments: ParsedArguments
  ) throws -> ExitCode {
    let count = try reader.count(kind, filter, acts, bound: countBound)
    let (number, isExact) =
      switch count {
      case .exactly(let number): (number, true)
      case .atLeast(let number): (number, false)
      }
    let format = CommonFlags.outputFormat(arguments)
    if format == .table {
      try Output.write("\(text(count))\n")
    } else {
      var table = Table(columns: [Column("count"), Column("isExact")])
      table.append([.integer(UInt64(number)), .flag(isExact)])
      try Output.write(Renderer(format: format).render(table))
    }
    return number == 0 ? .nothingFound : .success
  }
}
