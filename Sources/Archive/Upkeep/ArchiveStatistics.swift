package import Reports
import SQLite

/// How large a store's file is, and of what.
package struct ArchiveStatistics: Equatable, Sendable {
  /// A table with its indexes.
  package struct Part: Equatable, Sendable {
    package var table: String
    package var rowCount: UInt64
    /// Of the table's own pages and of its indexes'; nil where SQLite was built without dbstat.
    package var tableByteCount: UInt64?
    package var indexByteCount: UInt64?

    var byteCount: UInt64 { (tableByteCount ?? 0) + (indexByteCount ?? 0) }
  }

  package var path: String
  package var version: Int
  package var storeID: String
  package var position: UInt64
  package var watermark: Timestamp?
  package var fileByteCount: UInt64
  /// Of the file: pages that hold nothing, which `vacuum` gives back.
  package var freeByteCount: UInt64
  /// The write-ahead log: it shrinks once nobody reads an older state.
  package var logByteCount: UInt64
  /// Summaries that the side tables do not know of yet; nil before version 4.
  package var backlogCount: UInt64?
  /// The largest first, then by name.
  package var parts: [Part]
}

extension ArchiveStatistics {
  /// Reads what a store of any version says of its size.
  ///
  /// - Parameter hasParts: whether every table is looked at, too.
  /// - Complexity: O(1) without parts, else O(bytes).
  package init(folder: String, hasParts: Bool) throws(ArchiveError) {
    let file = try ArchiveFile(folder: folder)
    let meta = try ArchiveMeta.read(from: file.connection)
    version = file.version
    path = file.connection.path
    (storeID, position, watermark) = (meta.storeID, meta.position, meta.watermark)
    fileByteCount = Connection.byteCount(of: path)
    logByteCount = Connection.logByteCount(path: path)
    let (free, backlog) = try storing { () throws(SQLiteError) in
      let pageByteCount = try file.connection.integer("PRAGMA page_size") ?? 0
      let freeCount = try file.connection.integer("PRAGMA freelist_count") ?? 0
      return (
        freeCount * pageByteCount, file.version >= 4 ? try file.connection.integer("SELECT count(*) FROM side_backlog") : nil
      )
    }
    freeByteCount = UInt64(clamping: free)
    backlogCount = backlog.map { UInt64(clamping: $0) }
    do {
      parts = hasParts ? try storing { () throws(SQLiteError) in try Self.parts(file.connection) } : []
    } catch ArchiveError.full {
      // Nothing is written here: so SQLite says of pages that do not add up.
      throw .corrupt(path: path, detail: "its pages do not add up; `tocsin db check` names the tables")
    }
  }

  private static func parts(_ connection: borrowing Connection) throws(SQLiteError) -> [Part] {
    var parts: [Part] = []
    let names = try connection.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name")
    while try names.step() {
      let name = names.text(0) ?? ""
      let count = try connection.integer("SELECT count(*) FROM \"\(name)\"") ?? 0
      parts.append(Part(table: name, rowCount: UInt64(clamping: count)))
    }
    // Without dbstat there is nothing to prepare, and the sizes stay unknown.
    if let sizes = try? connection.prepare(
      """
      SELECT coalesce(s.tbl_name, d.name), coalesce(s.type, 'table') = 'index', sum(d.pgsize)
      FROM dbstat AS d LEFT JOIN sqlite_schema AS s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY 1, 2
      """)
    {
      while try sizes.step() {
        guard let index = parts.firstIndex(where: { $0.table == sizes.text(0) }) else { continue }
        let byteCount = UInt64(clamping: sizes.integer(2) ?? 0)
        if sizes.integer(1) == 1 { parts[index].indexByteCount = byteCount } else { parts[index].tableByteCount = byteCount }
      }
    }
    return parts.sorted { a, b in
      let (left, right) = (a.byteCount, b.byteCount)
      return left != right ? left > right : a.table < b.table
    }
  }
}
