import CTOML

/// One table, array or value of a TOML text, with all that lies in it.
struct TOMLNode {
  enum Value {
    /// By key, not in the order of the text.
    case table([TOMLNode])
    case array([TOMLNode])
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case dateTime(String)
  }

  /// Keys joined by dots, quoted where they are not bare; an array's elements as `key[0]`.
  var path: String
  /// The last part of the path: a key, or an element's `[0]`.
  var name: String
  var value: Value
  /// Where its key stands, from 1; of an array's element, where that stands.
  var line: Int
  var column: Int
}

/// Why a text is no TOML.
struct TOMLError: Error, Equatable {
  var message: String
  var line: Int
  var column: Int
}

extension TOMLNode {
  /// The uppermost keys of a TOML 1.0 text.
  ///
  /// - Throws: `TOMLError`, also where the text exceeds the bounds of `ctoml.h`.
  static func tree(parsing text: String) throws(TOMLError) -> [TOMLNode] {
    let document = try TOMLDocument(parsing: text)
    return try document.tree()
  }

  /// What a table holds under a key.
  func child(_ name: String) -> TOMLNode? {
    guard case .table(let nodes) = value else { return nil }
    return nodes.first { $0.name == name }
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

  borrowing func tree() throws(TOMLError) -> [TOMLNode] {
    var error = unsafe ctoml_error()
    if unsafe ctoml_has_error(handle, &error) != 0 {
      throw unsafe TOMLError(
        message: Self.text(error.message, error.message_byte_count), line: Int(error.line), column: Int(error.column))
    }
    var index = 0
    return nodes(at: &index, count: unsafe ctoml_entry_count(handle), depth: 0, path: "")
  }

  /// The nodes of one table or array, from an entry on; what lies deeper becomes part of them.
  private borrowing func nodes(at index: inout Int, count: Int, depth: UInt32, path parent: String) -> [TOMLNode] {
    var nodes: [TOMLNode] = []
    while index < count {
      let entry = unsafe ctoml_entry_at(handle, index)
      guard unsafe entry.depth == depth else { break }
      index += 1
      let path = unsafe Self.text(entry.path, entry.path_byte_count)
      let children = self.nodes(at: &index, count: count, depth: depth + 1, path: path)
      let name = path.utf8.dropFirst(parent.utf8.count)
      nodes.append(
        unsafe TOMLNode(
          path: path, name: String(Substring(name.first == UInt8(ascii: ".") ? name.dropFirst() : name)),
          value: Self.value(entry, children), line: Int(entry.line), column: Int(entry.column)))
    }
    return nodes
  }

  private static func value(_ entry: ctoml_entry, _ children: [TOMLNode]) -> TOMLNode.Value {
    switch unsafe entry.kind {
    case ctoml_table: .table(children)
    case ctoml_array: .array(children)
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
