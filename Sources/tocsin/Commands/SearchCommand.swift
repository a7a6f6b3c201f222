import Archive
import Arguments
import Engine
import Render

/// `tocsin search`: what says some words, in its keywords or in the texts that are kept of it.
enum SearchCommand {
  static let description = Command(
    "search", "What says these words, in its keywords or in the texts that came first: what matches best first",
    operands: ["WORDS"],
    flags: CommonFlags.filters + [
      CommonFlags.kind(to: "look for"),
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      CommonFlags.state,
      Flag(
        "sort", "ORDER",
        "By how well it matches (few words, said often and seldom said elsewhere), or the latest first; default rank, of at most 2,000 "
          + "matches", choices: ["rank", "time"]),
      CommonFlags.limit, ListPage.after,
      CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin search \"fallen tree\"", "incidents that say both words, whatever their case and accents"),
      .init("tocsin search \"transform*\" --kind cluster --since \"7d ago\"", "a word that begins so, anywhere in a week"),
      .init("tocsin show 51w0", "what a row's reports say"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    let words = arguments.operands[0].split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.contains(where: { $0.contains { $0.isLetter || $0.isNumber } }) else {
      throw ArgumentError("search: expected words, found \"\(arguments.operands[0])\"; write some letters of what the texts say")
    }
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let kind = CommonFlags.kind(arguments)
    try KeywordStems.admit(to: &filter, reader)
    let found = try reader.search(kind, words)
    filter.ids = found.ids
    filter.after = try ListPage.cursor(arguments)
    if filter.after != nil, arguments.string("sort") == "rank" {
      throw ArgumentError("search: --after goes on in a list by time; write --sort time")
    }
    let acts = try ActFlags.filter(arguments, kind, reader)
    var page: ListPage
    if let ranks = found.ranks, filter.after == nil, arguments.string("sort") != "time" {
      let limit = filter.limit
      filter.limit = nil
      page = ListPage(ranked(try ListCommand.table(kind, filter, acts, reader), ranks), limit: limit)
    } else {
      page = try ListPage(kind, filter, acts, reader)
      if found.ranks == nil, !arguments.has("sort"), filter.after == nil {
        Output.complain(
          "the latest first: more than \(Words.grouped(Double(SearchAnswer.rankedCount))) say that, too many to rank; more words find fewer"
        )
      }
    }
    defer { page.complain() }
    if page.table.rows.isEmpty {
      let others = kind == .cluster ? "" : "; --kind cluster looks at what is not unusual, too"
      try Widening(arguments, kind, filter, acts, reader).complain(
        "no \(kind.rawValue) says \"\(words.joined(separator: " "))\" in a text that is kept\(others)")
    }
    let ids = ids(page.table)
    let snippets = try reader.snippets(kind, words, of: ids.compactMap { $0 })
    let table = page.table.appending(
      Column("snippet", title: "says", isFlexible: true),
      ids.map { id in id.flatMap { snippets[$0] }.map { .text($0) } ?? .missing })
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  private static func ids(_ table: Table) -> [ClusterID?] {
    let index = table.columns.firstIndex { $0.name == "id" } ?? 0
    return table.rows.map { row in if case .text(let id) = row[index] { ClusterID(id) } else { nil } }
  }

  /// Rows that come the latest first, by how well they match; of equals the latest first.
  private static func ranked(_ table: Table, _ ranks: [ClusterID: Double]) -> Table {
    let keys = ids(table).map { id in id.flatMap { ranks[$0] } ?? 0 }
    return table.reordered(table.rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) })
  }
}
