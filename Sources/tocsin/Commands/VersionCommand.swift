import Arguments
import Service

/// `tocsin version`: this program's version and those of the libraries that it runs on.
enum VersionCommand {
  static let description = Command("version", "This program's version and its libraries'")

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let libraries = Libraries.versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    try Output.write("tocsin \(Tocsin.version) (\(libraries))\n")
    return .success
  }
}
