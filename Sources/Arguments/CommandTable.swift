import Spelling

/// All commands of a program: the one table that parses and explains.
package struct CommandTable: Sendable {
  package let program: String
  package let summary: String
  package let commands: [Command]

  package init(program: String, summary: String, commands: [Command]) {
    self.program = program
    self.summary = summary
    self.commands = commands
  }

  /// Reads a command line without the program's own name. The first word, or the first two, name the command.
  package func parse(_ arguments: [String]) throws(ArgumentError) -> ParsedArguments {
    let command = try command(of: arguments)
    var parsed = ParsedArguments(command: command)
    var rest = arguments.dropFirst(command.name.split(separator: " ").count)
    var onlyOperands = false
    while let argument = rest.popFirst() {
      if onlyOperands || argument == "-" || !argument.hasPrefix("-") || Self.isNumber(argument) {
        parsed.operands.append(argument)
      } else if argument == "--" {
        onlyOperands = true
      } else if argument == "--help" || argument == "-h" {
        parsed.wantsHelp = true
      } else {
        try read(argument, &rest, into: &parsed)
      }
    }
    if parsed.wantsHelp { return parsed }
    guard command.operandCounts.contains(parsed.operands.count) else {
      throw ArgumentError(
        parsed.operands.count > command.operandCounts.upperBound
          ? "\(command.name): unexpected \"\(parsed.operands[command.operandCounts.upperBound])\"; \(hint(command))"
          : "\(command.name): \(command.operands[parsed.operands.count]) is missing; \(hint(command))")
    }
    return parsed
  }

  /// −71.06 is a value, not a flag.
  private static func isNumber(_ argument: String) -> Bool {
    argument.utf8.dropFirst().first.map { (48...57).contains($0) } ?? false
  }

  private func hint(_ command: Command) -> String { "try `\(program) \(command.name) --help`" }

  private func command(of arguments: [String]) throws(ArgumentError) -> Command {
    guard let first = arguments.first else { throw ArgumentError("no command; try `\(program) help`") }
    let pair = arguments.prefix(2).joined(separator: " ")
    if let command = commands.first(where: { $0.name == pair }) ?? commands.first(where: { $0.name == first }) { return command }
    let beginnings = commands.map(\.name).filter { $0.hasPrefix(first + " ") }
    if !beginnings.isEmpty { throw ArgumentError("\(first): say which: \(beginnings.joined(separator: ", "))") }
    let nearest = Spelling.nearest(to: first, in: commands.map(\.name))
    throw ArgumentError(
      "unknown command \"\(first)\"; " + (nearest.map { "did you mean `\($0)`?" } ?? "`\(program) help` lists them all"))
  }

  private func read(
    _ argument: String, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
  ) throws(ArgumentError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let command = parsed.command
    guard let flag = command.flags.first(where: { "--" + $0.name == parts[0] }) else {
      let nearest = Spelling.nearest(to: String(parts[0].drop { $0 == "-" }), in: command.flags.map(\.name))
      throw ArgumentError(
        "\(command.name): unknown flag \"\(parts[0])\"; " + (nearest.map { "did you mean --\($0)?" } ?? hint(command)))
    }
    guard parsed.values[flag.name] == nil else { throw ArgumentError("--\(flag.name): given twice") }
    guard let valueName = flag.valueName else {
      guard parts.count == 1 else { throw ArgumentError("--\(flag.name): takes no value, found \"\(parts[1])\"") }
      parsed.values[flag.name] = ""
      return
    }
    guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
      throw ArgumentError("--\(flag.name): its value \(valueName) is missing")
    }
    if !flag.choices.isEmpty, !flag.choices.contains(value) {
      let nearest = Spelling.nearest(to: value, in: flag.choices).map { "; did you mean \($0)?" } ?? ""
      throw ArgumentError("--\(flag.name): expected \(flag.choices.joined(separator: ", ")), found \"\(value)\"\(nearest)")
    }
    parsed.values[flag.name] = value
  }
}
