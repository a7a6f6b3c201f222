import CTOML

/// One table, array or value of a TOML text.
struct TOMLEntry {
  enum Value: Equatable {
    case table
    case array
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case dateTime(String)
  }

  /// Keys joined by dots, quoted where they are not bare; an array's elements as `key[0]`.
  var path: String
  var value: Value
  /// Where its key stands, from 1.
  var line: Int
  var column: Int
}

/// Why a text is no TOML.
struct TOMLError: Error, Equatable {
  var message: String
  var line: Int
  var column: Int
}

extension TOMLEntry {
  /// The entries of a TOML 1.0 text by line and column.
  ///
  /// - Throws: `TOMLError`, also where the text exceeds the bounds of `ctoml.h`.
  static func list(parsing text: String) throws(TOMLError) -> [TOMLEntry] {
    let document = try TOMLDocument(parsing: text)
    return try document.entries()
  }
}

/// The owner of a parsed document.
@safe private struct TOMLDocument: ~Copyable {
  private let handle: OpaquePointer

  init(parsing text: String) throws(TOMLError) {
    var text = text
    let handle = text.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe ctoml_parse($0.baseAddress, $0.count) }
    }
    guard let handle = unsafe handle else { throw TOMLError(message: "not enough memory to read it", line: 1, column: 1) }
    unsafe self.handle = handle
  }

  deinit { unsafe ctoml_free(handle) }

  borrowing func entries() throws(TOMLError) -> [TOMLEntry] {
    var error = unsafe ctoml_error()
    if unsafe ctoml_has_error(handle, &error) != 0 {
      throw unsafe TOMLError(
        message: Self.text(error.message, error.message_byte_count), line: Int(error.line), column: Int(error.column))
    }
    let count = unsafe ctoml_entry_count(handle)
    return (0..<count).map { index in
      let entry = unsafe ctoml_entry_at(handle, index)
      return unsafe TOMLEntry(
        path: Self.text(entry.path, entry.path_byte_count), value: Self.value(entry), line: Int(entry.line),
        column: Int(entry.column))
    }
  }

  private static func value(_ entry: ctoml_entry) -> TOMLEntry.Value {
    switch unsafe entry.kind {
    case ctoml_table: .table
    case ctoml_array: .array
    case ctoml_string: unsafe .string(text(entry.text, entry.text_byte_count))
    case ctoml_integer: unsafe .integer(entry.integer)
    case ctoml_number: unsafe .number(entry.number)
    case ctoml_boolean: unsafe .boolean(entry.boolean != 0)
    default: unsafe .dateTime(text(entry.text, entry.text_byte_count))
    }
  }

  private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
