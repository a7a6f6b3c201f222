import Arguments
import Configuration

/// `tocsin config check`: reads a configuration as `serve` would, and prints what holds.
enum ConfigCheckCommand {
  static let description = Command(
    "config check", "Check a configuration and print the settings that hold", operands: ["[FILE]"],
    flags: [CommonFlags.config, CommonFlags.profile],
    examples: [
      .init("tocsin config check config/tocsin.toml", "every problem with its line and column, or all settings"),
      .init("tocsin config check --profile quake", "what a preset stands for"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    try Output.show(CommonFlags.configuration(arguments, path: arguments.operands.first).rendered())
    return .success
  }
}
