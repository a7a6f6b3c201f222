import Reports
import Sample

/// What was asked for on the command line.
enum Command {
  case help
  case generate(SampleSettings, truthPath: String?)
  case compare(truthPath: String)

  static let usage = """
    Makes a stream of reports from a made-up city, and checks what was found in it.

    Usage:
      tocsin-sample [generate] [options]   Write the events to standard output, one a line
      tocsin-sample compare TRUTH          Compare the truth with what `tocsin list --format ndjson --limit 100000`, with or
                                           without `--kind cluster`, writes to standard input; exit 0 all found, 1 some
                                           missed, 2 error

    Options of generate:
      --seed N         The same seed gives the same stream (default 1)
      --days N         Days that the stream lasts, 1 to 366 (default 3)
      --quiet-days N   Days at the beginning without an incident, fewer than --days (default 0)
      --events N       Events, 1000 to 1000000 (default 20000); many more a day make the background dense
      --start TIME     When it starts, an RFC 3339 time (default 2026-03-02T00:00:00Z)
      --truth FILE     Write the planted incidents here, as JSON
      -h, --help       Show this text

    """

  init(_ arguments: [String]) throws(UsageError) {
    if arguments.contains("--help") || arguments.contains("-h") {
      self = .help
    } else if arguments.first == "compare" {
      guard arguments.count == 2, !arguments[1].hasPrefix("--") else {
        throw UsageError("compare: expected one file, that which generate wrote with --truth")
      }
      self = .compare(truthPath: arguments[1])
    } else {
      self = try Self.generate(arguments.first == "generate" ? arguments.dropFirst() : arguments[...])
    }
  }

  private static func generate(_ arguments: ArraySlice<String>) throws(UsageError) -> Command {
    var settings = SampleSettings()
    var truthPath: String?
    var rest = arguments
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard ["--seed", "--days", "--quiet-days", "--events", "--start", "--truth"].contains(parts[0]) else {
        throw UsageError("unknown argument \"\(argument)\"")
      }
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
        throw UsageError("\(parts[0]): expected a value after it")
      }
      switch parts[0] {
      case "--seed":
        guard let seed = UInt64(value) else { throw UsageError("--seed: expected a whole number, found \"\(value)\"") }
        settings.seed = seed
      case "--days": settings.dayCount = try count(value, of: parts[0], in: SampleSettings.dayCounts)
      case "--quiet-days": settings.quietDayCount = try count(value, of: parts[0], in: 0...SampleSettings.dayCounts.upperBound)
      case "--events": settings.eventCount = try count(value, of: parts[0], in: SampleSettings.eventCounts)
      case "--start":
        guard let start = Timestamp(value), SampleSettings.starts.contains(start) else {
          throw UsageError("--start: expected an RFC 3339 time from 1970 to 9000, as 2026-03-02T00:00:00Z, found \"\(value)\"")
        }
        settings.start = start
      default: truthPath = value
      }
    }
    guard settings.quietDayCount < settings.dayCount else {
      throw UsageError("--quiet-days: expected fewer than --days, which is \(settings.dayCount), found \(settings.quietDayCount)")
    }
    return .generate(settings, truthPath: truthPath)
  }

  private static func count(_ text: String, of flag: String, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let count = Int(text), range.contains(count) else {
      throw UsageError("\(flag): expected a whole number from \(range.lowerBound) to \(range.upperBound), found \"\(text)\"")
    }
    return count
  }
}

/// A command line that is not understood: which argument, and what was expected.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description + "; see tocsin-sample --help" }
}
