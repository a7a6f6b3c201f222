import CBench
import Platform
import Reports

/// What no path can do without: receive, find the structure of each line, copy it, write it and sync it, on two threads.
enum BarePath {
  private static let groupByteCount = 1 << 20

  static func run(_ puts: Puts, folder: String) throws -> Usage {
    let path = folder + "/bare"
    let file = try File(path, .create)
    let syncing = try File(path, .update)
    let before = try ThreadGroup.all()
    let receiver = try BareReceiver()
    let groups = BoundedQueue<Bool>(capacity: 1)
    let ends = BoundedQueue<Int32>(capacity: 1)
    let commit = try Thread(name: "commit") {
      var code: Int32 = 0
      while groups.pop() != nil { do throws(SystemError) { try syncing.synchronize() } catch { code = error.errno } }
      _ = ends.push(code)
    }
    let threads = try before.newcomers()
    guard let parser = unsafe cbench_parser_create(Limits.batchByteCount) else { throw BenchFailure("no memory for a parser") }
    defer { unsafe cbench_parser_destroy(parser) }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(2 * groupByteCount)
    var (offset, lineCount, messageCount) = (UInt64(0), 0, 0)
    var (own, behind) = (Usage(), threads.usage)
    func write() throws {
      if buffer.isEmpty { return }
      try file.write(buffer.span, at: offset)
      offset += UInt64(buffer.count)
      buffer.removeAll(keepingCapacity: true)
      _ = groups.tryPush(true)
    }
    try puts.pushing(to: receiver.endpoint) {
      behind = threads.usage
      own = try Usage.of { () throws in
        while messageCount < puts.count {
          let isThere = unsafe receiver.next(blocking: buffer.isEmpty) { body in
            lineCount += unsafe cbench_parser_iterate(parser, body.baseAddress, body.count)
            unsafe buffer.append(contentsOf: body)
          }
          messageCount += isThere ? 1 : 0
          if !isThere || buffer.count >= groupByteCount { try write() }
        }
        try write()
        _ = groups.push(true)
      }
    }
    let usage = threads.usage.since(behind)
    groups.close()
    commit.join()
    let code = ends.pop() ?? 0
    try BenchFailure.unless(
      code == 0 && lineCount == puts.stream.count, "the bare path read \(lineCount) lines, and its disk said \(code)")
    try FileSystem.remove(path)
    return Usage(
      wallNanoseconds: own.wallNanoseconds, cpuNanoseconds: own.cpuNanoseconds + usage.cpuNanoseconds,
      allocationCount: own.allocationCount + usage.allocationCount,
      libraryAllocationCount: own.libraryAllocationCount + usage.libraryAllocationCount)
  }
}
