import Platform

extension Journal {
  /// Removes the segments all of whose records stand before a position; the last segment always stays.
  ///
  /// - Parameters:
  ///   - position: nothing before it will be read again, neither by a replay nor for a sample's text.
  ///   - keepsSpare: whether the blocks of one of them are kept for the next segment, as zeros: what it said is gone then, too.
  /// - Returns: the names of the files that were removed.
  package static func removeSegments(
    _ storage: any JournalStorage, endingBefore position: UInt64, keepsSpare: Bool = false
  ) throws(JournalError) -> [String] {
    let starts = try SegmentFile.starts(in: storage)
    // A segment ends where the next one starts. From the oldest on, so that no gap is ever left.
    let names = zip(starts, starts.dropFirst()).prefix { $1 <= position }.map { SegmentName.name(start: $0.0) }
    try failing { () throws(SystemError) in
      for name in keepsSpare ? names.dropLast() : names[...] { try storage.remove(name) }
      if keepsSpare, let last = names.last { try SegmentFile.recycle(last, in: storage) }
      if !names.isEmpty { try storage.synchronizeDirectory() }
    }
    return names
  }
}
