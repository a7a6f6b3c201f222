/// What the program is asked to do.
struct Command {
  static let usage = """
    Usage: tocsin-bench [--events N] [--entries N] [--nodes N] [--hours H] [--keywords N] [--seed N] [--skew SKEW]
           [--only STAGE,STAGE] [--rounds N] [--windows N] [--hostile N] [--oracle N] [--canary]
           [--folder FOLDER] [--output FOLDER] [--json]
           tocsin-bench --write FILE|- [--events N] [--hours H] [--keywords N] [--seed N] [--skew SKEW]
           tocsin-bench --guard WORK

    Times each stage of a report's path alone and all of them together, over a seeded stream, beside the floor of each in the same
    run. Prints a table in Markdown, or with --json what it was made of; --output writes throughput.md and throughput.json.
    What comes out of the stages is hashed: where two ways give two hashes, the run fails.
    A stage and its floor are measured by turns, in \(defaultRoundCount) rounds or as many as --rounds says, and the median of each figure is told.
    --write writes the stream, one event a line, and measures nothing; --hours is the event time that it spans: how many events
    an hour holds decides how often bins close and ticks come.
    --guard does one small piece of work that is always the same and says in JSON how many events it was and what they allocated, for
    bench/guard/guard.py to count instructions, or what bytes an engine holds: \(Guard.allCases.map(\.rawValue).joined(separator: ", ")).
    Stages: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")); all but nodes and soak where none is named.
    hostile sends --hostile events of each of six kinds, and tells each kind's figures beside those of the normal ones.
    oracle holds the first --oracle events, and as many over three days, against the slow oracle of the tests: verdicts, clusters and
    roll-ups of engine and path must have its hashes. --canary has it go wrong, so that the run must fail.
    soak goes on for --windows times the stream's events and hours, and tells what the engine holds after each.
    Skews: \(StreamSettings.Skew.allCases.map(\.rawValue).joined(separator: ", ")).
    --folder is where stores are made and removed again; its disk is what is measured.

    """

  enum Stage: String, CaseIterable {
    case receive, decode, deduplicate, journal, engine, archive, path, single, replay, hostile, oracle, memory, nodes, soak
  }

  private static let defaultRoundCount = 5

  var stream = StreamSettings()
  var entryCount = 10_000_000
  var nodeCount = 1_000_000
  var stages = Stage.allCases.filter { $0 != .nodes && $0 != .soak }
  var roundCount = Self.defaultRoundCount
  /// Events of each kind of the hostile ones.
  var hostileCount = 50_000
  /// Events that the slow oracle is told.
  var oracleCount = 50_000
  /// Whether that one is to be wrong.
  var isCanary = false
  /// Windows of the soak, each as long as the stream.
  var windowCount = 6
  var folder = "."
  var output: String?
  /// Where to write the stream to, instead of measuring anything.
  var written: String?
  /// What to do for the instructions to be counted, instead.
  var counted: Guard?
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
      case "--hours": stream.hours = try Self.number(name, &rest)
      case "--keywords": stream.keywordCount = max(2, try Self.count(name, &rest))
      case "--windows": windowCount = try Self.count(name, &rest)
      case "--rounds": roundCount = try Self.count(name, &rest)
      case "--hostile": hostileCount = try Self.count(name, &rest)
      case "--oracle": oracleCount = try Self.count(name, &rest)
      case "--canary": isCanary = true
      case "--write": written = try Self.value(name, &rest)
      case "--guard": counted = try Self.names(name, &rest)[0]
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

  private static func number(_ name: String, _ rest: inout ArraySlice<String>) throws(BenchFailure) -> Double {
    let text = try value(name, &rest)
    guard let number = Double(text), number > 0, number <= 1_000_000 else {
      throw BenchFailure("\(name) needs a number above 0, at most 1000000, not \(text)")
    }
    return number
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
