import Archive
import Reports

/// Says where counts are asked for of a time of which none are kept any more: they would look like none.
enum ExpiredCountsNote {
  static func complain(since: Timestamp, _ reader: borrowing ArchiveReader) throws {
    let counts = try reader.retention().first { $0.tier == .counts }
    guard let completeSince = counts?.completeSince, let days = counts?.days, since < completeSince else { return }
    Output.complain(
      "hourly counts before \(completeSince) are no longer kept ([retention] countDays = \(days)): nothing is told of them")
  }
}
