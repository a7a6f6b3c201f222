import Arguments

/// `tocsin completion`: the script with which a shell completes commands, flags, values and what the store knows.
enum CompletionCommand {
  static let description = Command(
    "completion", "The script with which bash, zsh or fish completes what you type", operands: ["SHELL"],
    examples: [
      .init("source <(tocsin completion bash)", "in ~/.bashrc"),
      .init("tocsin completion zsh > ~/.zfunc/_tocsin", "a folder of $fpath"),
      .init("tocsin completion fish > ~/.config/fish/completions/tocsin.fish", "for fish"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    guard let shell = Shell(rawValue: arguments.operands[0]) else {
      throw ArgumentError(
        "completion: expected \(Shell.allCases.map(\.rawValue).joined(separator: ", ")), found \"\(arguments.operands[0])\"")
    }
    try Output.write(shell.script(program: Tocsin.table.program))
    return .success
  }
}
