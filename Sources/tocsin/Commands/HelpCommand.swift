import Arguments
import Export
import Platform

/// `tocsin help`: the overview, one command's page, or manual pages.
enum HelpCommand {
  static let description = Command(
    "help", "This overview, or the help of one command", operands: ["[COMMAND]", "[SUBCOMMAND]"],
    flags: [
      Flag("man", nil, "As a manual page, in troff"),
      Flag("output", "DIR", "With --man: write every page into this folder instead"),
    ],
    examples: [
      .init("tocsin help list", "the same as `tocsin list --help`"),
      .init("tocsin help --man list | man -l -", "the same as a manual page"),
      .init("tocsin help --man --output /usr/local/share/man/man1", "all of them, for `man tocsin-list`"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let table = Tocsin.table
    let command = arguments.operands.isEmpty ? nil : try table.parse(arguments.operands + ["--help"]).command
    if let folder = arguments.string("output") {
      guard arguments.has("man") else { throw ArgumentError("--output: says where manual pages go; add --man") }
      guard command == nil else { throw ArgumentError("--output: takes every page; leave out the command") }
      return try write(to: folder)
    }
    switch (command, arguments.has("man")) {
    case (let command?, true): try Output.show(table.manual(for: command, version: Tocsin.version))
    case (nil, true): try Output.show(table.manual(version: Tocsin.version))
    case (let command?, false): try Output.show(table.help(for: command))
    case (nil, false): try Output.show(table.help)
    }
    return .success
  }

  private static func write(to folder: String) throws -> ExitCode {
    let table = Tocsin.table
    try FileSystem.makeDirectories(folder)
    var pages = [(table.manualName(), table.manual(version: Tocsin.version))]
    for command in table.commands where !command.isHidden {
      pages.append((table.manualName(command), table.manual(for: command, version: Tocsin.version)))
    }
    for (name, text) in pages { try OutputFile.write(Array(text.utf8), to: "\(folder)/\(name).1") }
    Output.complain("wrote \(pages.count) pages to \(folder)")
    return .success
  }
}
