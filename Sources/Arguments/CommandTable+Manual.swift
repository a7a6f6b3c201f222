/// Manual pages in the man macros of troff (man(7)).
extension CommandTable {
  /// The name of a command's page, `tocsin-quarantine-list`; of the program's where no command is given.
  package func manualName(_ command: Command? = nil) -> String {
    ([program] + (command.map { $0.name.split(separator: " ").map(String.init) } ?? [])).joined(separator: "-")
  }

  /// The page of the program.
  package func manual(version: String) -> String {
    var text = head(manualName(), summary, version)
    text += ".SH SYNOPSIS\n.B \(Self.escaped(program))\n.I COMMAND\n.RI [ FLAGS ]\n"
    text += examples(examples)
    text += ".SH COMMANDS\n"
    for command in commands where !command.isHidden {
      text += ".TP\n.B \(Self.escaped(command.name))\n\(Self.line(command.summary))"
    }
    text += flags("FLAGS OF EVERY COMMAND", common)
    text += ending
    let names = commands.filter { !$0.isHidden }.map { ".BR \(Self.escaped(manualName($0))) (1)" }
    return text + ".SH SEE ALSO\n" + names.joined(separator: ",\n") + "\n"
  }

  /// The page of one command.
  package func manual(for command: Command, version: String) -> String {
    var text = head(manualName(command), command.summary, version)
    text += ".SH SYNOPSIS\n.B \(Self.escaped("\(program) \(command.name)"))\n"
    if !command.operands.isEmpty { text += ".I \(Self.escaped(command.operands.joined(separator: " ")))\n" }
    text += ".RI [ FLAGS ]\n"
    text += examples(command.examples)
    text += flags("FLAGS", command.flags)
    text += flags("FLAGS OF EVERY COMMAND", common)
    return text + ending + ".SH SEE ALSO\n.BR \(Self.escaped(manualName())) (1)\n"
  }

  private func head(_ name: String, _ summary: String, _ version: String) -> String {
    ".TH \(Self.quoted(name.uppercased())) 1 \"\" \(Self.quoted("\(program) \(version)")) \(Self.quoted("Manual of \(program)"))\n"
      + ".SH NAME\n\(Self.escaped(name)) \\- \(Self.line(summary))"
  }

  private func examples(_ examples: [Command.Example]) -> String {
    guard !examples.isEmpty else { return "" }
    var text = ".SH EXAMPLES\n"
    for example in examples { text += ".TP\n.B \(Self.escaped(example.line))\n\(Self.line(example.says))" }
    return text
  }

  private func flags(_ title: String, _ flags: [Flag]) -> String {
    guard !flags.isEmpty else { return "" }
    var text = ".SH \(Self.quoted(title))\n"
    for flag in flags {
      let value = flag.valueName.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
      text += ".TP\n\\fB\(Self.escaped("--" + flag.name))\\fR\(value)\n\(Self.line(Self.says(flag)))"
    }
    return text
  }

  private var ending: String {
    var text = ""
    for (title, entries) in [("EXIT STATUS", exitCodes), ("ENVIRONMENT", environment)] where !entries.isEmpty {
      text += ".SH \(Self.quoted(title))\n"
      for entry in entries { text += ".TP\n.B \(Self.escaped(entry.name))\n\(Self.line(entry.says))" }
    }
    return text
  }

  /// A line of text that begins no request.
  private static func line(_ text: String) -> String { "\\&\(escaped(text))\n" }

  private static func quoted(_ text: String) -> String { "\"\(escaped(text).filter { $0 != "\"" })\"" }

  /// Text as it is to be read: no escapes, and hyphens that can be copied as minus signs.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\"": result += "\\(dq"
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return result
  }
}
