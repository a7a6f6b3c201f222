/// What stands in a journal.
package struct JournalScan: Equatable, Sendable {
  package struct Segment: Equatable, Sendable {
    /// The name of its file in the folder.
    package var name: String
    /// The positions of its records that can be read without a break, from its first on.
    package var positions: Range<UInt64>
    package var start: UInt64 { positions.lowerBound }
    /// Bytes of its header and of those records.
    package var byteCount: UInt64 { UInt64(SegmentHeader.byteCount) + positions.upperBound - positions.lowerBound }
  }

  /// What a crash left at the end: never synced, so never promised to anyone.
  package struct TornTail: Equatable, Sendable {
    package var name: String
    /// The path of the segment's file.
    package var path: String
    /// Where in that file it begins.
    package var offset: UInt64
    package var byteCount: UInt64
    /// Whole records in it, behind a torn one: the disk wrote them first.
    package var recordCount: Int
  }

  /// Ascending by position.
  package var segments: [Segment] = []
  /// Records that check.
  package var recordCount = 0
  /// The position after the last record before any damage.
  package var end: UInt64 = 0
  /// Everything before this position was on the disk, as the last record knew that precedes any damage.
  package var syncedPosition: UInt64 = 0
  package var tornTail: TornTail?
  /// Where in the file of the last segment its room begins that no record was written to yet; nil where there is none.
  package var blankOffset: UInt64?
  /// Ascending by position; where it is not empty, the journal may not be appended to.
  package var damages: [JournalDamage] = []
  /// Files of segments whose making was cut short; they hold nothing.
  package var unfinished: [String] = []

  package init() {}
}

extension JournalScan.TornTail: CustomStringConvertible {
  package var description: String {
    "\(path): at byte \(offset): the last \(byteCount) bytes were not whole on the disk when the system stopped"
  }
}
