import CBench
import Glibc
import Platform

/// Threads of this process that do one thing together, those of libraries included.
struct ThreadGroup {
  let numbers: Set<Int32>

  /// All threads that there are now.
  static func all() throws(SystemError) -> ThreadGroup {
    ThreadGroup(numbers: Set(try FileSystem.names(in: "/proc/self/task").compactMap { Int32($0) }))
  }

  /// Those that there are now and were not then.
  func newcomers() throws(SystemError) -> ThreadGroup {
    ThreadGroup(numbers: try Self.all().numbers.subtracting(numbers))
  }

  /// What they have used so far.
  var usage: Usage {
    var usage = Usage(wallNanoseconds: Clock.monotonicNanoseconds())
    for number in numbers {
      usage.cpuNanoseconds += cbench_thread_nanoseconds(number)
      let allocations = cbench_allocations_of(number)
      usage.allocationCount += allocations.count
      usage.libraryAllocationCount += allocations.library_count
    }
    return usage
  }

  /// What each has used so far.
  var usages: [Int32: Usage] { numbers.reduce(into: [:]) { $0[$1] = ThreadGroup(numbers: [$1]).usage } }

  /// What they have used since; of one that has ended it is what is known of it from before.
  func usage(since earlier: Usage, notBelow known: [Int32: Usage]) -> Usage {
    var usage = Usage(wallNanoseconds: Clock.monotonicNanoseconds())
    for (number, now) in usages {
      usage.cpuNanoseconds += max(now.cpuNanoseconds, known[number]?.cpuNanoseconds ?? 0)
      usage.allocationCount += max(now.allocationCount, known[number]?.allocationCount ?? 0)
      usage.libraryAllocationCount += max(now.libraryAllocationCount, known[number]?.libraryAllocationCount ?? 0)
    }
    return usage.since(earlier)
  }

  /// What they have used since, those of one name together: by the names that they have now. Those that have ended are left out.
  func usageByName(since earlier: [Int32: Usage]) -> [String: Usage] {
    var sums: [String: Usage] = [:]
    for (number, usage) in usages {
      let before = earlier[number] ?? Usage()
      // Nobody else's clock goes back.
      if usage.cpuNanoseconds < before.cpuNanoseconds { continue }
      sums[Self.name(number), default: Usage()] =
        sums[Self.name(number), default: Usage()] + usage.since(before)
    }
    return sums
  }

  private static func name(_ number: Int32) -> String {
    // The file has no length, so it is read as a stream.
    guard let file = unsafe fopen("/proc/self/task/\(number)/comm", "r") else { return "ended" }
    defer { unsafe fclose(file) }
    var name: [UInt8] = []
    while name.count < 16 {
      let character = unsafe fgetc(file)
      if character == EOF || character == 10 { break }
      name.append(UInt8(truncatingIfNeeded: character))
    }
    return String(decoding: name, as: UTF8.self)
  }
}
