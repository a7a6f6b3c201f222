import Arguments
import Configuration

/// `tocsin config check`: reads a configuration as `serve` would, and prints what holds.
enum ConfigCheckCommand {
  static let description = Command(
    "config check", "Check a configuration and print the settings that hold", operands: ["[FILE]"],
    flags: [CommonFlags.config],
    examples: [.init("tocsin config check config/tocsin.toml", "every problem with its line and column, or all settings")])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let path = arguments.operands.first ?? arguments.string("config")
    let configuration = try path.map(Configuration.load(path:)) ?? .default
    try Output.write(configuration.rendered())
    return .success
  }
}
