import Engine
import SQLite

extension ClusterID {
  /// The thirteen characters of `description`.
  private var text: InlineArray<13, UInt8> {
    InlineArray { index in
      let digit = UInt8(truncatingIfNeeded: rawValue >> UInt64(60 - index * 5) & 31)
      if digit < 10 { return UInt8(ascii: "0") + digit }
      // Letters without i, l, o and u.
      let skipped: UInt8 = digit < 18 ? 0 : digit < 20 ? 1 : digit < 22 ? 2 : digit < 27 ? 3 : 4
      return UInt8(ascii: "a") + digit - 10 + skipped
    }
  }

  /// Binds its text; one that is nil as NULL.
  static func bind(_ id: ClusterID?, to statement: borrowing Statement, at parameter: Int32) throws(SQLiteError) {
    guard let id else { return try statement.bindNull(at: parameter) }
    let text = id.text
    try statement.bind(text: text.span, at: parameter)
  }
}

extension Statement {
  /// Binds an id's text; NULL for nil.
  func bind(_ id: ClusterID?, at parameter: Int32) throws(SQLiteError) { try ClusterID.bind(id, to: self, at: parameter) }
}
