import Arguments

/// `tocsin help`: the overview, or one command's page.
enum HelpCommand {
  static let description = Command(
    "help", "This overview, or the help of one command", operands: ["[COMMAND]", "[SUBCOMMAND]"],
    examples: [.init("tocsin help list", "the same as `tocsin list --help`")])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    if arguments.operands.isEmpty {
      try Output.write(Tocsin.table.help)
    } else {
      let named = try Tocsin.table.parse(arguments.operands + ["--help"])
      try Output.write(Tocsin.table.help(for: named.command))
    }
    return .success
  }
}
