import Glibc
import Platform

@main struct Main {
  static func main() {
    do {
      let command = try Command(Array(CommandLine.arguments.dropFirst()))
      guard !command.wantsHelp else { return try StandardStream.output.write(Array(Command.usage.utf8)) }
      if let file = command.written { return try write(command.stream, to: file) }
      // Made where there is something to put into it.
      let folder = "\(command.folder)/tocsin-bench-\(getpid())"
      defer { try? remove(folder) }
      if let work = command.counted { return try StandardStream.output.write(try work.run(inFolder: folder).json) }
      try run(command, folder)
    } catch {
      // Where even this cannot be written there is nobody to tell.
      try? StandardStream.error.write("tocsin-bench: \(error)\n".utf8)
      exit(2)
    }
  }

  private static func run(_ command: Command, _ folder: String) throws {
    try FileSystem.makeDirectories(folder)
    var bench = Bench(command, folder: folder)
    let report = try bench.run { (stage) throws(SystemError) in try StandardStream.error.write("\(stage)\n".utf8) }
    try StandardStream.output.write(command.isJSON ? report.json : Array(report.markdown.utf8))
    guard let output = command.output else { return }
    try FileSystem.makeDirectories(output)
    for (name, bytes) in [("throughput.json", report.json), ("throughput.md", Array(report.markdown.utf8))] {
      let path = "\(output)/\(name)"
      if FileSystem.exists(path) { try FileSystem.remove(path) }
      try File(path, .create).write(bytes.span, at: 0)
    }
  }

  /// Writes a stream as it is made, to a new file or to standard output.
  private static func write(_ settings: StreamSettings, to path: String) throws {
    if path == "-" { return try make(settings) { (bytes, _) throws(SystemError) in try StandardStream.output.write(bytes) } }
    let file = try File(path, .create)
    try make(settings) { (bytes, offset) throws(SystemError) in try file.write(bytes.span, at: offset) }
  }

  /// Makes a stream, a mebibyte or so at a time.
  private static func make(
    _ settings: StreamSettings, _ take: (_ bytes: [UInt8], _ offset: UInt64) throws(SystemError) -> Void
  ) throws(SystemError) {
    var feed = EventFeed(settings)
    var bytes: [UInt8] = []
    var offset: UInt64 = 0
    for number in 1...settings.eventCount {
      feed.append(to: &bytes)
      guard bytes.count >= 1 << 20 || number == settings.eventCount else { continue }
      try take(bytes, offset)
      offset += UInt64(bytes.count)
      bytes.removeAll(keepingCapacity: true)
    }
  }

  /// Removes a folder with all that is in it.
  private static func remove(_ folder: String) throws {
    for name in try FileSystem.names(in: folder) where name != "." && name != ".." {
      let path = "\(folder)/\(name)"
      if try FileSystem.isRegularFile(path) { try FileSystem.remove(path) } else { try remove(path) }
    }
    unsafe rmdir(folder)
  }
}
