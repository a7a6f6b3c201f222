extension CommandTable {
  /// The overview: every command with its summary.
  package var help: String {
    let width = commands.map(\.name.count).max() ?? 0
    var text = "\(program): \(summary)\n\nCommands:\n"
    for command in commands { text += "  \(Self.pad(command.name, width))  \(command.summary)\n" }
    return text + "\n`\(program) COMMAND --help` shows examples and flags.\n"
  }

  /// One command's help: examples first, then its flags.
  package func help(for command: Command) -> String {
    var text = "\(program) \(command.name): \(command.summary)\n"
    if !command.examples.isEmpty { text += "\nExamples:\n" }
    for example in command.examples { text += "  \(example.line)\n      \(example.says)\n" }
    text += "\nUsage: \(program) \(([command.name] + command.operands).joined(separator: " "))"
    text += command.flags.isEmpty ? "\n" : " [FLAGS]\n\nFlags:\n"
    let names = command.flags.map { "--" + $0.name + ($0.valueName.map { " " + $0 } ?? "") }
    let width = min(30, names.map(\.count).max() ?? 0)
    for (name, flag) in zip(names, command.flags) {
      let summary = flag.choices.isEmpty ? flag.summary : "\(flag.summary) (\(flag.choices.joined(separator: ", ")))"
      for (index, line) in Self.wrap(summary, width: 80 - width - 4).enumerated() {
        text += "  \(Self.pad(index == 0 ? name : "", width))  \(line)\n"
      }
    }
    return text
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
