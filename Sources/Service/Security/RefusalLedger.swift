import Platform
package import Reports

/// How often what was refused at the entrance, and when last: everything that never became an event of the loss ledger. Kept in
/// a small file of the store, which `tocsin sources --refused` and `tocsin doctor` read.
///
/// Its codes are those of ERROR and a few of its own: a closed set, so that nobody from outside can make it grow.
package struct RefusalLedger: Sendable {
  package struct Entry: Equatable, Sendable {
    package var code: String
    package var count: UInt64
    package var firstAt: Timestamp
    package var lastAt: Timestamp
    /// What was said of the last one.
    package var example: String
  }

  private static let heading = "tocsin-refusals-1"
  private static let byteLimit = 1 << 16
  private static let exampleByteCount = 256

  /// By code.
  package private(set) var entries: [String: Entry] = [:]
  private var isChanged = false

  package init() {}

  /// Reads what a store's earlier runs have counted; nothing where the file is absent.
  ///
  /// - Throws: `ServiceError` where it cannot be read, or is no such file.
  package init(path: String) throws(ServiceError) {
    guard FileSystem.exists(path) else { return }
    let text = try ServiceError.wrapping { try File(path, .read).readAll(limit: Self.byteLimit) }
    var lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    guard lines.first.map(String.init) == Self.heading else {
      throw ServiceError("\(path): no counts of what was refused; move it away, and they begin anew")
    }
    lines.removeFirst()
    for line in lines {
      let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 5, let count = UInt64(fields[1]), let first = Int64(fields[2]), let last = Int64(fields[3]) else {
        continue
      }
      entries[fields[0]] = Entry(
        code: fields[0], count: count, firstAt: Timestamp(microseconds: first), lastAt: Timestamp(microseconds: last),
        example: fields[4])
    }
  }

  package mutating func note(_ code: String, _ example: String, at time: Timestamp) {
    var entry = entries[code] ?? Entry(code: code, count: 0, firstAt: time, lastAt: time, example: "")
    entry.count += 1
    entry.lastAt = time
    entry.example = String(decoding: example.utf8.map { $0 < 0x20 ? 0x20 : $0 }.prefix(Self.exampleByteCount), as: UTF8.self)
    entries[code] = entry
    isChanged = true
  }

  /// Writes the file anew where something has been counted since the last time: whole, beside its place and then over it.
  ///
  /// It is not waited for: after a loss of power the counts of the last seconds may be missing.
  mutating func save(to path: String) throws(SystemError) {
    guard isChanged else { return }
    isChanged = false
    var text = Self.heading + "\n"
    for entry in entries.values.sorted(by: { $0.code < $1.code }) {
      text += "\(entry.code)\t\(entry.count)\t\(entry.firstAt.microseconds)\t\(entry.lastAt.microseconds)\t\(entry.example)\n"
    }
    let temporary = path + ".new"
    if FileSystem.exists(temporary) { try FileSystem.remove(temporary) }
    try File(temporary, .createExclusively).write(Array(text.utf8).span, at: 0)
    try FileSystem.rename(temporary, to: path)
  }
}
