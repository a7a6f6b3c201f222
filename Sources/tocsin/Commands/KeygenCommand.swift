import Arguments
import Service
import ZeroMQ

/// `tocsin keygen`: a key pair, the secret half in a file, the public half printed.
enum KeygenCommand {
  static let description = Command(
    "keygen", "Make a key, for an aggregator or a producer: the secret one in FILE, the public one printed", operands: ["FILE"],
    flags: [Flag("show", nil, "Make none: print the public key of the secret one that is in FILE")],
    examples: [
      .init("tocsin keygen /etc/tocsin/secret.key", "mode 0600; a file that exists is never overwritten"),
      .init("tocsin keygen --show /etc/tocsin/secret.key", "what producers give as --server-key"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let path = arguments.operands[0]
    let keys = arguments.has("show") ? try SecretKeyFile.read(path) : try SecretKeyFile.create(path)
    try Output.write("\(keys.publicKey)\n")
    return .success
  }
}
