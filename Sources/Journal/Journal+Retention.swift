import Platform

extension Journal {
  /// Removes the segments all of whose records stand before a position; the last segment always stays.
  ///
  /// - Parameter position: nothing before it will be read again, neither by a replay nor for a sample's text.
  /// - Returns: the names of the files that were removed.
  package static func removeSegments(
    _ storage: any JournalStorage, endingBefore position: UInt64
  ) throws(JournalError) -> [String] {
    let starts = try SegmentFile.starts(in: storage)
    // A segment ends where the next one starts. From the oldest on, so that no gap is ever left.
    let names = zip(starts, starts.dropFirst()).prefix { $1 <= position }.map { SegmentName.name(start: $0.0) }
    try failing { () throws(SystemError) in
      for name in names { try storage.remove(name) }
      if !names.isEmpty { try storage.synchronizeDirectory() }
    }
    return names
  }
}
