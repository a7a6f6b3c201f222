import Engine
import Journal
import Platform
import Reports

/// The reports that were erased, as keyed hashes of source and id, with when: what comes of them again is erased before it is journalled.
///
/// A file beside the segments of the journal. Without the store's secret nobody can hold a guess of an id against it.
struct ErasureList: Sendable {
  private struct Identity: Hashable, Sendable {
    let high: UInt64
    let low: UInt64
  }

  private static let name = "erased"
  private static let heading = "tocsin-erased-1"

  private let key: SipHash.Key
  private var erasedAt: [Identity: Timestamp] = [:]

  /// A list without entries.
  init(empty key: SipHash.Key) { self.key = key }

  /// Reads a journal's list; none where nothing was ever erased.
  ///
  /// - Throws: `ServiceError` where the file cannot be read, or is none: nobody would know then what must not come back.
  init(_ storage: any JournalStorage, key: SipHash.Key) throws(ServiceError) {
    self.key = key
    let bytes: [UInt8]? = try ServiceError.wrapping {
      guard try storage.names().contains(Self.name) else { return nil }
      let file = try storage.open(Self.name, writable: false)
      return try file.read(at: 0, count: Int(try file.byteCount()))
    }
    guard let bytes else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let entries = lines.dropFirst().map(Self.entry)
    guard lines.first.map(String.init) == Self.heading, !entries.contains(where: { $0 == nil }) else {
      throw ServiceError(
        "\(storage.location)/\(Self.name): no list of what was erased; restore it from a backup, or move it away and erase again")
    }
    for case (let identity, let time)? in entries { erasedAt[identity] = time }
  }

  private static func entry(_ line: Substring) -> (Identity, Timestamp)? {
    let fields = line.split(separator: "\t")
    guard fields.count == 2, fields[0].utf8.count == 32, let high = UInt64(fields[0].prefix(16), radix: 16),
      let low = UInt64(fields[0].suffix(16), radix: 16), let time = Int64(fields[1])
    else { return nil }
    return (Identity(high: high, low: low), Timestamp(microseconds: time))
  }

  /// How many reports there are.
  var count: Int { erasedAt.count }

  /// Puts a report on the list.
  mutating func add(source: [UInt8], id: [UInt8], at time: Timestamp) {
    let (high, low) = Engine.identity(source: source.span, id: id.span, key: key)
    erasedAt[Identity(high: high, low: low), default: time] = time
  }

  /// Which rows of a batch are of reports on the list; also of refused events, where source and id could be read.
  ///
  /// - Complexity: O(rows), O(1) where nothing was ever erased.
  func rows(of batch: ReportBatch) -> [Int] {
    if erasedAt.isEmpty { return [] }
    return (0..<batch.count).filter { row in
      guard batch.sources[row].length > 0, batch.ids[row].length > 0 else { return false }
      let (high, low) = Engine.identity(of: batch, row, key: key)
      return erasedAt[Identity(high: high, low: low)] != nil
    }
  }

  /// Makes a batch one that may be journalled.
  func screen(_ batch: inout ReportBatch) {
    let rows = rows(of: batch)
    if !rows.isEmpty { _ = Engine.erase(&batch, rows, key: key) }
  }

  /// Writes the list: whole, beside its place and then over it; on the disk when this returns.
  func save(_ storage: any JournalStorage) throws(SystemError) {
    func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
    let lines = erasedAt.map { "\(digits($0.key.high))\(digits($0.key.low))\t\($0.value.microseconds)" }.sorted()
    try storage.replace(Self.name, by: Array(([Self.heading] + lines).map { $0 + "\n" }.joined().utf8))
  }
}
