/// A place where a journal does not hold what was written to it.
package struct JournalDamage: Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// Its header does not check, or says another position than its name.
    case segmentHeader
    /// A record is cut short or does not check.
    case record
    /// The records before this segment are not there: a segment is missing or has lost its end.
    case gap
    /// It begins before the segment before it ends.
    case overlap
    /// The journal ends before a position that was on the disk.
    case missingEnd
  }

  package var reason: Reason
  /// The path of the segment's file.
  package var path: String
  /// The name of that file in its folder.
  package var name: String
  /// Where in that file the damage begins, and how many bytes cannot be read there.
  package var offset: UInt64
  package var byteCount: UInt64
  /// The first position in the journal that is lost.
  package var position: UInt64
}

extension JournalDamage: CustomStringConvertible {
  package var description: String {
    let what =
      switch reason {
      case .segmentHeader: "the header of the segment is damaged"
      case .record: "\(byteCount) bytes do not check, though they were synced"
      case .gap:
        "records from position \(position) on, which stood before this segment, are missing, with \(SegmentName.name(start: position)) "
          + "or the end of the segment before it"
      case .overlap: "the segment begins before the one before it ends"
      case .missingEnd: "\(byteCount) bytes that were on the disk are missing at the journal's end"
      }
    return "\(path): at byte \(offset): \(what); what precedes position \(position) is kept"
  }
}
