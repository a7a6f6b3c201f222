import Spelling

/// All commands of a program: the one table that parses and explains.
package struct CommandTable: Sendable {
  package let program: String
  package let summary: String
  package let commands: [Command]
  /// What every command takes.
  package let common: [Flag]
  /// What the overview shows first.
  package let examples: [Command.Example]
  /// What manual pages tell of exit codes and variables, name and meaning.
  package let exitCodes: [(name: String, says: String)]
  package let environment: [(name: String, says: String)]

  package init(
    program: String, summary: String, commands: [Command], common: [Flag] = [], examples: [Command.Example] = [],
    exitCodes: [(name: String, says: String)] = [], environment: [(name: String, says: String)] = []
  ) {
    self.program = program
    self.summary = summary
    self.commands = commands
    self.common = common
    self.examples = examples
    self.exitCodes = exitCodes
    self.environment = environment
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

  /// What a command is called, and the first word where it has two.
  private func names(of command: Command) -> [String] {
    let first = command.name.split(separator: " ")[0]
    return first.count == command.name.count ? [command.name] : [command.name, String(first)]
  }

  private func hint(_ command: Command) -> String { "try `\(program) \(command.name) --help`" }

  private func command(of arguments: [String]) throws(ArgumentError) -> Command {
    guard let first = arguments.first else { throw ArgumentError("no command; try `\(program) help`") }
    let pair = arguments.prefix(2).joined(separator: " ")
    if let command = commands.first(where: { $0.name == pair }) ?? commands.first(where: { $0.name == first }) { return command }
    let beginnings = commands.map(\.name).filter { $0.hasPrefix(first + " ") }
    if !beginnings.isEmpty {
      let seconds = beginnings.map { String($0.dropFirst(first.count + 1)) }
      if arguments.count > 1, let nearest = Spelling.nearest(to: arguments[1], in: seconds) {
        throw ArgumentError("unknown command \"\(pair)\"; did you mean `\(first) \(nearest)`?")
      }
      throw ArgumentError("\(first): say which: \(beginnings.joined(separator: ", "))")
    }
    let nearest = Spelling.nearest(to: first, in: commands.filter { !$0.isHidden }.flatMap { names(of: $0) })
    throw ArgumentError(
      "unknown command \"\(first)\"; " + (nearest.map { "did you mean `\($0)`?" } ?? "`\(program) help` lists them all"))
  }

  private func read(
    _ argument: String, _ rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
  ) throws(ArgumentError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let command = parsed.command
    let flags = command.flags + common
    guard let flag = flags.first(where: { "--" + $0.name == parts[0] }) else {
      let nearest = Spelling.nearest(to: String(parts[0].drop { $0 == "-" }), in: flags.map(\.name) + ["help"])
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
