import Archive
import Arguments
import Engine
import Render

/// `tocsin search`: what says some words, in its keywords or in the texts that are kept of it.
enum SearchCommand {
  static let description = Command(
    "search", "What says these words, in its keywords or in the texts that came first, the latest first", operands: ["WORDS"],
    flags: CommonFlags.filters + [
      CommonFlags.kind(to: "look for"),
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      CommonFlags.state, CommonFlags.limit, ListPage.after,
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
    filter.ids = try reader.search(kind, words)
    filter.after = try ListPage.cursor(arguments)
    let acts = try ActFlags.filter(arguments, kind, reader)
    let page = try ListPage(kind, filter, acts, reader)
    defer { page.complain() }
    if page.table.rows.isEmpty {
      let others = kind == .cluster ? "" : "; --kind cluster looks at what is not unusual, too"
      try Widening(arguments, kind, filter, acts, reader).complain(
        "no \(kind.rawValue) says \"\(words.joined(separator: " "))\" in a text that is kept\(others)")
    }
    return try ClusterTable.print(page.table, CommonFlags.outputFormat(arguments))
  }
}
