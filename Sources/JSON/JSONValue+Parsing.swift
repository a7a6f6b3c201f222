import CSimdJSON

extension JSONValue {
  /// The bounds of a document unless the caller gives others: those of a frame's header.
  package static let defaultByteLimit = 64 << 10
  package static let defaultDepthLimit = 32

  /// Parses one whole JSON text in UTF-8; only white space may follow it.
  ///
  /// Throws `JSONError`. Complexity: O(count), with a copy of the bytes.
  package init(
    parsing bytes: Span<UInt8>, byteLimit: Int = defaultByteLimit, depthLimit: Int = defaultDepthLimit
  ) throws(JSONError) {
    guard bytes.count <= byteLimit else { throw .tooLong(byteCount: bytes.count, limit: byteLimit) }
    let document = try Document(bytes, depthLimit: depthLimit)
    self = document.root()
  }

  /// Parses one whole JSON text in UTF-8; only white space may follow it.
  package init(
    parsing bytes: [UInt8], byteLimit: Int = defaultByteLimit, depthLimit: Int = defaultDepthLimit
  ) throws(JSONError) {
    try self.init(parsing: bytes.span, byteLimit: byteLimit, depthLimit: depthLimit)
  }
}

/// The owner of a parsed document.
@safe private struct Document: ~Copyable {
  private let handle: OpaquePointer

  init(_ bytes: Span<UInt8>, depthLimit: Int) throws(JSONError) {
    var status = csimdjson_ok
    let handle = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe csimdjson_document_parse(buffer.baseAddress, buffer.count, depthLimit, &status)
    }
    guard let handle = unsafe handle else {
      throw status == csimdjson_too_deep ? .tooDeep(limit: depthLimit) : status == csimdjson_malformed ? .malformed : .outOfMemory
    }
    unsafe self.handle = handle
  }

  deinit { unsafe csimdjson_document_destroy(handle) }

  borrowing func root() -> JSONValue {
    var count = 0
    let nodes = unsafe UnsafeBufferPointer(start: csimdjson_document_nodes(handle, &count), count: count)
    var index = 0
    return unsafe Self.value(nodes, at: &index)
  }

  /// The value at an index, which is moved behind it. Recursion is bounded by the depth limit of the parser.
  private static func value(_ nodes: UnsafeBufferPointer<csimdjson_node>, at index: inout Int) -> JSONValue {
    let node = unsafe nodes[index]
    index += 1
    switch unsafe node.kind {
    case csimdjson_bool: return unsafe .bool(node.bits == 1)
    case csimdjson_integer: return unsafe .integer(Int64(bitPattern: node.bits))
    case csimdjson_unsigned: return unsafe .unsigned(node.bits)
    case csimdjson_number: return unsafe .number(Double(bitPattern: node.bits))
    case csimdjson_string: return unsafe .string(text(node))
    case csimdjson_array:
      var values: [JSONValue] = []
      for _ in unsafe 0..<node.count { unsafe values.append(value(nodes, at: &index)) }
      return .array(values)
    case csimdjson_object:
      var members: [JSONValue.Member] = []
      for _ in unsafe 0..<node.count {
        let name = unsafe text(nodes[index])
        index += 1
        unsafe members.append(JSONValue.Member(name, value(nodes, at: &index)))
      }
      return .object(members)
    default: return .null
    }
  }

  private static func text(_ node: csimdjson_node) -> String {
    unsafe String(decoding: UnsafeBufferPointer(start: node.text, count: Int(node.count)), as: UTF8.self)
  }
}
