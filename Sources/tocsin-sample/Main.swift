import Glibc
import Platform
import Reports
import Sample

@main struct Main {
  static func main() {
    do throws(UsageError) {
      let command = try Command(Array(CommandLine.arguments.dropFirst()))
      exit(run(command))
    } catch { exit(fail(error)) }
  }

  /// The exit code: 0 done or all found, 1 some missed, 2 an error.
  private static func run(_ command: Command) -> Int32 {
    do throws(SystemError) {
      try SignalSet.ignoreSIGPIPE()
      switch command {
      case .help: try StandardStream.output.write(Array(Command.usage.utf8))
      case .generate(let settings, let truthPath):
        let stream = SampleStream(settings)
        if let truthPath { try writeTruth(stream.incidents, path: truthPath) }
        for chunk in chunks(stream.lines) { try StandardStream.output.write(chunk) }
      case .compare(let truthPath): return try compare(truthPath: truthPath)
      }
      return 0
    } catch {
      // Whoever reads has seen enough.
      return error.errno == EPIPE ? 0 : fail(error)
    }
  }

  private static func compare(truthPath: String) throws(SystemError) -> Int32 {
    let comparison: Comparison
    do throws(ComparisonInput.Fault) {
      comparison = Comparison(
        try ComparisonInput.incidents(path: truthPath), try ComparisonInput.clusters(path: "-"))
    } catch { return fail(error) }
    try StandardStream.output.write(Array(comparison.description.utf8))
    return comparison.isComplete ? 0 : 1
  }

  private static func writeTruth(_ incidents: [Incident], path: String) throws(SystemError) {
    let file = try File(path, .create)
    try file.truncate(to: 0)
    try file.write(Incident.encode(incidents).span)
  }

  private static func chunks(_ lines: [[UInt8]]) -> [[UInt8]] {
    stride(from: 0, to: lines.count, by: 256).map { Array(lines[$0..<min($0 + 256, lines.count)].joined()) }
  }

  private static func fail(_ error: some Error & CustomStringConvertible) -> Int32 {
    // Where even this cannot be written there is nobody to tell.
    try? StandardStream.error.write("tocsin-sample: \(error.description)\n".utf8)
    return 2
  }
}
