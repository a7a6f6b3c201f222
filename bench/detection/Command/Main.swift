import Glibc
import Platform
import Study

@main struct Main {
  static func main() {
    do throws(UsageError) {
      let command = try Command(Array(CommandLine.arguments.dropFirst()))
      exit(run(command))
    } catch { exit(fail(error)) }
  }

  /// The exit code: 0 done, 2 an error.
  private static func run(_ command: Command) -> Int32 {
    do throws(SystemError) {
      guard !command.wantsHelp else {
        try StandardStream.output.write(Array(Command.usage.utf8))
        return 0
      }
      let start = Clock.monotonicNanoseconds()
      let report = try Study(command.settings).run(command.parts) { (part) throws(SystemError) in
        let seconds = (Clock.monotonicNanoseconds() - start) / 1_000_000_000
        try StandardStream.error.write("\(seconds) s: \(part)\n".utf8)
      }
      let seconds = (Clock.monotonicNanoseconds() - start) / 1_000_000_000
      try StandardStream.error.write("\(seconds) s: done\n".utf8)
      try StandardStream.output.write(report.markdown.utf8)
      if let folder = command.folder { try report.write(folder: folder) }
      return 0
    } catch { return fail(error) }
  }

  private static func fail(_ error: some Error & CustomStringConvertible) -> Int32 {
    // Where even this cannot be written there is nobody to tell.
    try? StandardStream.error.write("tocsin-study: \(error.description)\n".utf8)
    return 2
  }
}
