import Study

/// What the program is asked to do.
struct Command {
  static let usage = """
    Usage: tocsin-study [--quick] [--seed N] [--threads N] [--only PART,PART] [--output FOLDER]
           [--episode-runs N] [--episode-bins N] [--threshold-runs N] [--burst-runs N] [--cost-events N] [--cost-bins N]
           [--methods METHOD,METHOD] [--dial-bins N] [--cost-choices CHOICE,CHOICE]

    Simulates nulls and bursts, runs Tocsin and methods from the literature over them, prints the tables as Markdown, and
    with --output writes study.md, study.json and the plots as SVG.
    Parts: \(StudyPart.allCases.map(\.rawValue).joined(separator: ", ")).
    Methods: \(Method.allCases.map(\.rawValue).joined(separator: ", ")).
    Choices: \(ClumpedStream.Choice.allCases.map(\.rawValue).joined(separator: ", ")).

    """

  var settings = StudySettings()
  var parts = StudyPart.allCases
  var folder: String?
  var wantsHelp = false

  /// Reads the arguments after the program's name.
  init(_ arguments: [String]) throws(UsageError) {
    // The small form first, whatever its place, so that the other flags change it.
    if arguments.contains("--quick") { settings = .quick }
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--quick": break
      case "--help", "-h": wantsHelp = true
      case "--output": folder = try Self.value(name, &rest)
      case "--only": parts = try Self.names(name, &rest)
      case "--methods": settings.methods = try Self.names(name, &rest)
      case "--seed": settings.seed = UInt64(try Self.count(name, &rest))
      case "--threads": settings.threadCount = try Self.count(name, &rest)
      case "--episode-runs": settings.episodeRuns = try Self.count(name, &rest)
      case "--episode-bins": settings.episodeBins = try Self.count(name, &rest)
      case "--threshold-runs": settings.thresholdRuns = try Self.count(name, &rest)
      case "--burst-runs": settings.burstRuns = try Self.count(name, &rest)
      case "--dial-bins": settings.dialBins = try Self.count(name, &rest)
      case "--cost-choices": settings.costChoices = try Self.names(name, &rest)
      case "--cost-bins": settings.costBins = try Self.count(name, &rest)
      case "--cost-events": settings.costEvents = try Self.count(name, &rest)
      default: throw UsageError(description: "\(name) is not a flag of tocsin-study; see --help")
      }
    }
  }

  private static func value(_ name: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
    guard let value = rest.popFirst() else { throw UsageError(description: "\(name) needs a value") }
    return value
  }

  private static func count(_ name: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> Int {
    let text = try value(name, &rest)
    guard let count = Int(text), (1...1_000_000_000).contains(count) else {
      throw UsageError(description: "\(name) needs a number from 1 to 1000000000, not \(text)")
    }
    return count
  }

  private static func names<Name: RawRepresentable<String>>(
    _ flag: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> [Name] {
    var names: [Name] = []
    for text in try value(flag, &rest).split(separator: ",") {
      guard let name = Name(rawValue: String(text)) else {
        throw UsageError(description: "\(flag) does not know \(text); see --help")
      }
      names.append(name)
    }
    return names
  }
}

/// A flag that makes no sense, and what would.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}
