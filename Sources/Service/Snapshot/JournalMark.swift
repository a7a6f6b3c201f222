import Journal
import Platform

/// A position of the journal that retention has come to: a file beside the segments.
enum JournalMark: String {
  /// Where the journal begins since segments were last let go of, so that one that somebody else has taken away is told from those.
  case beginning
  /// What stands before it says nothing any more.
  case texts

  private var heading: String { "tocsin-journal-\(rawValue)-1 " }

  /// Takes note of a position; on the disk when this returns.
  func note(_ position: UInt64, in storage: any JournalStorage) throws(SystemError) {
    try storage.replace(rawValue, by: Array("\(heading)\(position)\n".utf8))
  }

  /// The position that was noted last, zero where none was; nil where the note cannot be read.
  func position(in storage: any JournalStorage) -> UInt64? {
    guard let names = try? storage.names() else { return nil }
    guard names.contains(rawValue) else { return 0 }
    guard let bytes = try? storage.open(rawValue, writable: false).read(at: 0, count: 64) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix(heading), text.hasSuffix("\n") else { return nil }
    return UInt64(text.dropFirst(heading.count).dropLast())
  }

  /// What is missing before a journal's first segment, in words; nil where nothing is, or the note of it cannot be read.
  static func missing(before scan: JournalScan, in storage: any JournalStorage) -> String? {
    guard let start = scan.segments.first?.start, let noted = beginning.position(in: storage), start > noted else { return nil }
    return "\(storage.location): records from position \(noted) on are missing at the front, with "
      + "\(Journal.segmentName(at: noted)), which retention has not let go of; what begins at position \(start) is kept"
  }
}

extension JournalStorage {
  /// Gives a small file new content: whole, beside its place and then over it; on the disk when this returns.
  func replace(_ name: String, by bytes: [UInt8]) throws(SystemError) {
    let unfinished = name + ".new"
    try? remove(unfinished)
    let file = try create(unfinished)
    try file.writeAll(bytes.span, at: 0)
    try file.synchronize()
    try rename(unfinished, to: name)
    try synchronizeDirectory()
  }
}
