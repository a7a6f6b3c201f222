import Platform

/// Bringing a journal into a state in which it can be appended to.
package enum JournalRecovery {
  /// Finds the end of a journal after a crash and cuts off a torn tail, which `tornTail` of the result reports.
  ///
  /// A tail in which whole records stand behind a torn one is set aside as a `*.damaged` file before it is cut off.
  /// - Parameters:
  ///   - position: segments that end before it are only measured, not read.
  ///   - syncedPosition: everything before it is known, from elsewhere, to have been on the disk.
  /// - Throws: `.damaged` where something is missing that was on the disk once; nothing has been changed then.
  package static func recover(
    _ storage: any JournalStorage, store: StoreID, from position: UInt64 = 0, syncedPosition: UInt64 = 0
  ) throws(JournalError) -> JournalScan {
    let scan = try Journal.check(storage, store: store, from: position, syncedPosition: syncedPosition)
    if let damage = scan.damages.first { throw .damaged(damage) }
    try failing { () throws(SystemError) in
      for name in scan.unfinished { try storage.remove(name) }
      try SegmentFile.checkSpare(in: storage)
      if let offset = scan.blankOffset, let last = scan.segments.last { try truncate(last.name, to: offset, in: storage) }
      guard let tail = scan.tornTail else { return }
      if tail.recordCount > 0 { _ = try copyAside(tail.name, from: tail.offset, byteCount: tail.byteCount, in: storage) }
      try truncate(tail.name, to: tail.offset, in: storage)
    }
    return scan
  }

  /// A file that `repair` has made.
  package struct SetAside: Equatable, Sendable {
    package var name: String
    package var byteCount: UInt64
  }

  /// Ends a damaged journal at its last good position: what follows is set aside in `*.damaged` files, never deleted.
  ///
  /// Positions after that end are given again, so what was derived from them (snapshots, the archive) is no longer valid. It may
  /// be called again where it was cut short. A journal without damage is left as it is.
  package static func repair(
    _ storage: any JournalStorage, store: StoreID, syncedPosition: UInt64 = 0
  ) throws(JournalError) -> [SetAside] {
    let scan = try Journal.check(storage, store: store, syncedPosition: syncedPosition)
    guard let damage = scan.damages.first, damage.reason != .missingEnd,
      let index = scan.segments.firstIndex(where: { $0.name == damage.name })
    else {
      return []
    }
    // The rest of a segment can be cut off where records precede the damage, else the whole file goes.
    let keepsFront = damage.reason == .record
    let setAside = try failing { () throws(SystemError) in
      var setAside: [SetAside] = []
      // From the end, so that a repair cut short leaves the first damage to be found again.
      for segment in scan.segments[(keepsFront ? index + 1 : index)...].reversed() {
        setAside.append(try moveAside(segment.name, in: storage))
      }
      if keepsFront {
        setAside.append(try copyAside(damage.name, from: damage.offset, in: storage))
        try truncate(damage.name, to: damage.offset, in: storage)
      }
      return setAside
    }
    if index == 0, !keepsFront {
      // Its first position must outlive it: earlier ones were given out long ago.
      _ = try SegmentFile.create(SegmentHeader(start: scan.segments[0].start, store: store), in: storage)
    }
    return setAside.reversed()
  }

  private static func truncate(
    _ name: String, to byteCount: UInt64, in storage: any JournalStorage
  ) throws(SystemError) {
    let file = try storage.open(name, writable: true)
    try file.truncate(to: byteCount)
    try file.synchronize()
  }

  private static func moveAside(_ name: String, in storage: any JournalStorage) throws(SystemError) -> SetAside {
    let byteCount = try storage.open(name, writable: false).byteCount()
    let newName = try unusedName(name, in: storage)
    try storage.rename(name, to: newName)
    try storage.synchronizeDirectory()
    return SetAside(name: newName, byteCount: byteCount)
  }

  private static func copyAside(
    _ name: String, from begin: UInt64, byteCount: UInt64 = .max, in storage: any JournalStorage
  ) throws(SystemError) -> SetAside {
    let source = try storage.open(name, writable: false)
    let copyName = try unusedName(name, in: storage)
    let copy = try storage.create(copyName)
    var offset = begin
    while true {
      let bytes = try source.read(at: offset, count: Int(min(1 << 20, byteCount - (offset - begin))))
      if bytes.isEmpty { break }
      try copy.writeAll(bytes.span, at: offset - begin)
      offset += UInt64(bytes.count)
    }
    try copy.synchronize()
    try storage.synchronizeDirectory()
    return SetAside(name: copyName, byteCount: offset - begin)
  }

  /// `NAME.damaged`, or with a number between where that is taken.
  private static func unusedName(_ name: String, in storage: any JournalStorage) throws(SystemError) -> String {
    let names = Set(try storage.names())
    var candidate = name + ".damaged"
    var number = 2
    while names.contains(candidate) {
      candidate = "\(name).\(number).damaged"
      number += 1
    }
    return candidate
  }
}
