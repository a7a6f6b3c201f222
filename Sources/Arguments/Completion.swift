/// What may stand where somebody types.
package enum Completion: Equatable, Sendable {
  /// One of these, each with what it means; `prefix` stands before it in the word that is typed, as `--format=`.
  case words([(value: String, says: String)], prefix: String)
  /// A file, or a folder, behind such a prefix.
  case files(prefix: String)
  case folders(prefix: String)
  /// What only a store can tell.
  case stored(Stored, beginning: String, prefix: String)

  /// What a store knows by name.
  package enum Stored: Equatable, Sendable { case keywords, ids, sources }

  package static func == (a: Completion, b: Completion) -> Bool {
    switch (a, b) {
    case (.words(let a, let prefixA), .words(let b, let prefixB)): a.map(\.value) == b.map(\.value) && prefixA == prefixB
    case (.files(let a), .files(let b)), (.folders(let a), .folders(let b)): a == b
    case (.stored(let a, let beginningA, let prefixA), .stored(let b, let beginningB, let prefixB)):
      a == b && beginningA == beginningB && prefixA == prefixB
    default: false
    }
  }
}

extension CommandTable {
  /// What may stand in place of the last of some words, without the program's own name.
  package func complete(_ words: [String]) -> Completion {
    guard let typed = words.last else { return .words([], prefix: "") }
    let before = words.dropLast()
    guard let (command, wordCount) = command(beginning: before) else { return names(after: Array(before), typed) }
    return complete(typed, of: command, after: before.dropFirst(wordCount))
  }

  /// The command that words begin with, and how many of them name it.
  private func command(beginning words: ArraySlice<String>) -> (Command, Int)? {
    guard let first = words.first else { return nil }
    let pair = words.prefix(2).joined(separator: " ")
    if let command = commands.first(where: { $0.name == pair && pair != first }) { return (command, 2) }
    return commands.first { $0.name == first }.map { ($0, 1) }
  }

  /// The names of commands, or the second words of those that have two.
  private func names(after words: [String], _ typed: String) -> Completion {
    var candidates: [(value: String, says: String)] = []
    for command in commands where !command.isHidden {
      let parts = command.name.split(separator: " ").map(String.init)
      guard words.count < parts.count, Array(parts.prefix(words.count)) == words else { continue }
      let isWhole = parts.count == words.count + 1
      guard candidates.last?.value != parts[words.count] else { continue }
      candidates.append((parts[words.count], isWhole ? command.summary : "\(parts[0]) …"))
    }
    return .words(candidates.filter { $0.value.hasPrefix(typed) }, prefix: "")
  }

  private func complete(_ typed: String, of command: Command, after words: ArraySlice<String>) -> Completion {
    let flags = command.flags + common
    var operandCount = 0
    var given: Set<String> = []
    var pending: Flag?
    var onlyOperands = false
    for word in words {
      if pending != nil {
        pending = nil
      } else if !onlyOperands, word == "--" {
        onlyOperands = true
      } else if !onlyOperands, word.hasPrefix("--"),
        let flag = flags.first(where: { word == "--" + $0.name || word.hasPrefix("--\($0.name)=") })
      {
        given.insert(flag.name)
        if flag.valueName != nil, !word.contains("=") { pending = flag }
      } else {
        operandCount += 1
      }
    }
    if let pending { return values(of: pending, typed, prefix: "") }
    if !onlyOperands, typed.hasPrefix("-") {
      let parts = typed.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2, let flag = flags.first(where: { parts[0] == "--" + $0.name }) {
        return values(of: flag, parts[1], prefix: parts[0] + "=")
      }
      let names = flags.filter { !given.contains($0.name) }.map { (value: "--" + $0.name, says: $0.summary) }
      return .words((names + [("--help", "Examples and flags")]).filter { $0.value.hasPrefix(typed) }, prefix: "")
    }
    guard operandCount < command.operands.count else { return .words([], prefix: "") }
    return values(called: command.operands[operandCount].filter { $0 != "[" && $0 != "]" }, typed, prefix: "")
  }

  private func values(of flag: Flag, _ typed: String, prefix: String) -> Completion {
    if flag.choices.isEmpty { return values(called: flag.valueName ?? "", typed, prefix: prefix) }
    return .words(flag.choices.filter { $0.hasPrefix(typed) }.map { ($0, "") }, prefix: prefix)
  }

  /// What a value's name tells of it: names mean the same in all commands.
  private func values(called name: String, _ typed: String, prefix: String) -> Completion {
    let base = name.split(separator: "|").first.map(String.init) ?? ""
    switch base {
    case "DIR": return .folders(prefix: prefix)
    case "FILE", "PATH": return .files(prefix: prefix)
    case "WORDS": return .stored(.keywords, beginning: typed, prefix: prefix)
    case "ID": return .stored(.ids, beginning: typed, prefix: prefix)
    case "SOURCE": return .stored(.sources, beginning: typed, prefix: prefix)
    case "COMMAND": return names(after: [], typed)
    case "SHELL": return .words(Shell.allCases.map(\.rawValue).filter { $0.hasPrefix(typed) }.map { ($0, "") }, prefix: prefix)
    case "TIME":
      let times = ["today", "yesterday"] + Moment.weekdays + ["1h ago", "24h ago", "7d ago"]
      return .words(times.filter { $0.hasPrefix(typed) }.map { ($0, "") }, prefix: prefix)
    case let file where file.contains("."): return .files(prefix: prefix)
    default: return .words([], prefix: prefix)
    }
  }
}
