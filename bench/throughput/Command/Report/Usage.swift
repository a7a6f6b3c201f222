import CBench
import Platform

/// What a piece of work has used: the clock on the wall, processor time, allocations, and beside them those that SQLite and libzmq have made
/// for themselves.
struct Usage {
  var wallNanoseconds: UInt64 = 0
  var cpuNanoseconds: UInt64 = 0
  var allocationCount: UInt64 = 0
  var libraryAllocationCount: UInt64 = 0

  /// Has the calling thread do a piece of work.
  ///
  /// - Returns: What this thread has used for it, whatever the others did meanwhile.
  static func of<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Usage {
    let before = now
    try work()
    return now.since(before)
  }

  /// What the calling thread has used so far.
  static var now: Usage {
    let allocations = cbench_thread_allocations()
    return Usage(
      wallNanoseconds: Clock.monotonicNanoseconds(), cpuNanoseconds: Clock.threadNanoseconds(),
      allocationCount: allocations.count, libraryAllocationCount: allocations.library_count)
  }

  func since(_ earlier: Usage) -> Usage {
    Usage(
      wallNanoseconds: wallNanoseconds - earlier.wallNanoseconds, cpuNanoseconds: cpuNanoseconds - earlier.cpuNanoseconds,
      allocationCount: allocationCount - earlier.allocationCount,
      libraryAllocationCount: libraryAllocationCount - earlier.libraryAllocationCount)
  }

  static func + (one: Usage, other: Usage) -> Usage {
    Usage(
      wallNanoseconds: one.wallNanoseconds + other.wallNanoseconds, cpuNanoseconds: one.cpuNanoseconds + other.cpuNanoseconds,
      allocationCount: one.allocationCount + other.allocationCount,
      libraryAllocationCount: one.libraryAllocationCount + other.libraryAllocationCount)
  }

  /// Bytes that the calling thread has taken and not given back, as the allocator rounds them.
  static var heldByteCount: Int {
    let counts = cbench_thread_allocations()
    return Int(truncatingIfNeeded: counts.byte_count &- counts.freed_byte_count)
  }
}

extension Usage {
  func cpuNanoseconds(per count: Int) -> Double { Double(cpuNanoseconds) / Double(max(1, count)) }
  func allocations(per count: Int) -> Double { Double(allocationCount) / Double(max(1, count)) }
  func libraryAllocations(per count: Int) -> Double { Double(libraryAllocationCount) / Double(max(1, count)) }
  func perSecond(_ count: Int) -> Double { Double(count) * 1e9 / Double(max(1, wallNanoseconds)) }
}
