import Journal
import Platform

/// Where the journal begins since its retention last let go of something: a file beside the segments, so that one that somebody else
/// has taken away is told from those.
enum JournalBeginning {
  private static let name = "beginning"
  private static let heading = "tocsin-journal-beginning-1 "

  /// Takes note that what stands before a position is let go of; on the disk when this returns.
  static func note(_ position: UInt64, in storage: any JournalStorage) throws(SystemError) {
    let unfinished = name + ".new"
    try? storage.remove(unfinished)
    let file = try storage.create(unfinished)
    try file.writeAll(Array("\(heading)\(position)\n".utf8).span, at: 0)
    try file.synchronize()
    try storage.rename(unfinished, to: name)
    try storage.synchronizeDirectory()
  }

  /// What is missing before a journal's first segment, in words; nil where nothing is, or the note of it cannot be read.
  static func missing(before scan: JournalScan, in storage: any JournalStorage) -> String? {
    guard let start = scan.segments.first?.start, let noted = position(in: storage), start > noted else { return nil }
    return "\(storage.location): records from position \(noted) on are missing at the front, with "
      + "\(Journal.segmentName(at: noted)), which retention has not let go of; what begins at position \(start) is kept"
  }

  private static func position(in storage: any JournalStorage) -> UInt64? {
    guard let names = try? storage.names() else { return nil }
    guard names.contains(name) else { return 0 }
    guard let bytes = try? storage.open(name, writable: false).read(at: 0, count: 64) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix(heading), text.hasSuffix("\n") else { return nil }
    return UInt64(text.dropFirst(heading.count).dropLast())
  }
}
