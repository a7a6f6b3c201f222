extension CommandTable {
  /// The overview: examples first, then every command with its summary.
  package var help: String {
    var text = "\(program): \(summary)\n" + Self.lines(examples)
    let shown = commands.filter { !$0.isHidden }
    let width = shown.map(\.name.count).max() ?? 0
    text += "\nCommands:\n"
    for command in shown {
      for (index, line) in Self.wrap(command.summary, width: 80 - width - 4).enumerated() {
        text += "  \(Self.pad(index == 0 ? command.name : "", width))  \(line)\n"
      }
    }
    return text + "\n`\(program) COMMAND --help` shows examples and flags.\n"
  }

  /// One command's help: examples first, then its flags, then those of every command.
  package func help(for command: Command) -> String {
    var text = "\(program) \(command.name): \(command.summary)\n" + Self.lines(command.examples)
    text += "\nUsage: \(program) \(([command.name] + command.operands).joined(separator: " "))"
    text += command.flags.isEmpty ? "\n" : " [FLAGS]\n"
    text += Self.lines(command.flags, title: "Flags")
    return text + Self.lines(common, title: "Everywhere")
  }

  private static func lines(_ examples: [Command.Example]) -> String {
    var text = examples.isEmpty ? "" : "\nExamples:\n"
    for example in examples { text += "  \(example.line)\n      \(example.says)\n" }
    return text
  }

  private static func lines(_ flags: [Flag], title: String) -> String {
    guard !flags.isEmpty else { return "" }
    var text = "\n\(title):\n"
    let names = flags.map { "--" + $0.name + ($0.valueName.map { " " + $0 } ?? "") }
    let width = min(30, names.map(\.count).max() ?? 0)
    for (name, flag) in zip(names, flags) {
      for (index, line) in wrap(says(flag), width: 80 - width - 4).enumerated() {
        text += "  \(pad(index == 0 ? name : "", width))  \(line)\n"
      }
    }
    return text
  }

  /// What a flag does, with the values that it takes.
  static func says(_ flag: Flag) -> String {
    flag.choices.isEmpty ? flag.summary : "\(flag.summary) (\(flag.choices.joined(separator: ", ")))"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Breaks at spaces into lines of at most `width` characters, where words allow.
  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
