/// What the program is asked to do.
struct Command {
  static let usage = """
    Usage: tocsin-bench [--events N] [--entries N] [--nodes N] [--hours H] [--seed N] [--skew SKEW] [--only STAGE,STAGE]
           [--folder FOLDER] [--output FOLDER] [--json]

    Times each stage of a report's path alone and all of them together, over a seeded stream, beside the floor of each in the same
    run. Prints a table in Markdown, or with --json what it was made of; --output writes throughput.md and throughput.json.
    What comes out of the stages is hashed: where two ways give two hashes, the run fails.
    Stages: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).
    Skews: \(StreamSettings.Skew.allCases.map(\.rawValue).joined(separator: ", ")).
    --folder is where stores are made and removed again; its disk is what is measured.

    """

  enum Stage: String, CaseIterable {
    case receive, decode, deduplicate, journal, engine, archive, path, single, replay, memory
  }

  var stream = StreamSettings()
  var entryCount = 10_000_000
  var nodeCount = 1_000_000
  var stages = Stage.allCases
  var folder = "."
  var output: String?
  var isJSON = false
  var wantsHelp = false

  /// Reads the arguments after the program's name.
  init(_ arguments: [String]) throws(BenchFailure) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--help", "-h": wantsHelp = true
      case "--json": isJSON = true
      case "--events": stream.eventCount = try Self.count(name, &rest)
      case "--entries": entryCount = try Self.count(name, &rest)
      case "--nodes": nodeCount = try Self.count(name, &rest)
      case "--hours": stream.hours = Double(try Self.count(name, &rest))
      case "--seed": stream.seed = UInt64(try Self.count(name, &rest))
      case "--skew": stream.skew = try Self.names(name, &rest)[0]
      case "--only": stages = try Self.names(name, &rest)
      case "--folder": folder = try Self.value(name, &rest)
      case "--output": output = try Self.value(name, &rest)
      default: throw BenchFailure("\(name) is not a flag of tocsin-bench; see --help")
      }
    }
  }

  private static func value(_ name: String, _ rest: inout ArraySlice<String>) throws(BenchFailure) -> String {
    guard let value = rest.popFirst() else { throw BenchFailure("\(name) needs a value") }
    return value
  }

  private static func count(_ name: String, _ rest: inout ArraySlice<String>) throws(BenchFailure) -> Int {
    let text = try value(name, &rest)
    guard let count = Int(text), (1...1_000_000_000).contains(count) else {
      throw BenchFailure("\(name) needs a number from 1 to 1000000000, not \(text)")
    }
    return count
  }

  /// At least one.
  private static func names<Name: RawRepresentable<String>>(
    _ flag: String, _ rest: inout ArraySlice<String>
  ) throws(BenchFailure) -> [Name] {
    let text = try value(flag, &rest)
    let names = text.split(separator: ",").compactMap { Name(rawValue: String($0)) }
    guard !names.isEmpty, names.count == text.split(separator: ",").count else {
      throw BenchFailure("\(flag) does not know \(text); see --help")
    }
    return names
  }
}
