import Archive
import Arguments
import Engine
import Platform
import Render

/// `tocsin complete`: what those scripts ask. The first line says what kind of answer it is, `words`, `files` or `folders`; each
/// further line is a word, a tab and what it means.
enum CompleteCommand {
  static let description = Command(
    "complete", "What may stand in place of the last word: for the scripts of `tocsin completion`", operands: ["[WORD]", "[…]"],
    isHidden: true)

  private static let count = 100

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    switch Tocsin.table.complete(arguments.operands) {
    case .files: try Output.write("files\n")
    case .folders: try Output.write("folders\n")
    case .words(let words, let prefix): try answer(words, prefix)
    case .stored(let kind, let beginning, let prefix):
      // Where there is no store nothing can be completed, and nobody wants to be told so while typing.
      try answer((try? stored(kind, beginning, store(arguments.operands))) ?? [], prefix)
    }
    return .success
  }

  private static func answer(_ words: [(value: String, says: String)], _ prefix: String) throws {
    var text = "words\n"
    // Texts from outside may hold what is not to be typed into a shell.
    for word in words where harmless(word.value) == word.value {
      text += "\(prefix)\(word.value)\t\(harmless(word.says))\n"
    }
    try Output.write(text)
  }

  private static func stored(
    _ kind: Completion.Stored, _ beginning: String, _ directory: String
  ) throws -> [(value: String, says: String)] {
    let reader = try ArchiveReader(folder: directory)
    switch kind {
    case .keywords: return try reader.keywords(beginningWith: beginning.lowercased(), count: count).map { ($0, "") }
    case .sources: return try reader.sources(beginningWith: beginning, count: count).map { ($0, "") }
    case .ids:
      return try reader.incidents(beginningWith: beginning.lowercased(), count: count).map {
        ($0.summary.id.description, $0.keywords.joined(separator: ", "))
      }
    }
  }

  /// The folder that the words name, else the one that holds without.
  private static func store(_ words: [String]) throws -> String {
    for (index, word) in words.enumerated().dropLast() {
      if word == "--store" { return words[index + 1] }
      if word.hasPrefix("--store=") { return String(word.dropFirst("--store=".count)) }
    }
    return try CommonFlags.storeDirectory(try Tocsin.table.parse(["complete"]))
  }
}
