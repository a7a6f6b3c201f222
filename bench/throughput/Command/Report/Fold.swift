import Archive
import Engine
import Reports
import SQLite
import Wire

/// A hash of what came out of a stage (FNV-1a, 64 bits): equal where all of it is equal.
struct Fold {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  /// The verdict of the event that follows, as an ACK tells it; nil for an accepted one.
  mutating func add(_ exception: EventException?) {
    if let exception { add(exception.code) } else { add(0) }
  }

  /// All that a store's summaries hold of reports, whatever way they came: not who sent them, and not what is only there to search.
  static func summaries(inFolder folder: String) throws -> UInt64 {
    let connection = try Connection(path: folder + "/summaries.sqlite", mode: .readOnly)
    let names = try connection.prepare(
      """
      SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'side_%'
      AND name NOT IN ('meta', 'producer') ORDER BY name
      """)
    var fold = Fold()
    while try names.step() {
      guard let table = names.text(0) else { continue }
      fold.add(table)
      let columnCount = try connection.integer("SELECT count(*) FROM pragma_table_info('\(table)')") ?? 0
      let order = (1...columnCount).map { "\($0)" }.joined(separator: ", ")
      let rows = try connection.prepare("SELECT * FROM \(table) ORDER BY \(order)")
      while try rows.step() {
        for column in 0..<Int32(columnCount) { fold.add(rows.text(column) ?? "NULL") }
      }
    }
    return fold.value
  }
}
