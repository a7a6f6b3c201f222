/// Why bytes are not a document that can be read here.
package enum JSONError: Error, Equatable, Sendable {
  /// The bytes are not one JSON text in UTF-8 (RFC 8259).
  case malformed
  case tooDeep(limit: Int)
  case tooLong(byteCount: Int, limit: Int)
  case outOfMemory
}

extension JSONError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed: "the text is not valid JSON in UTF-8; check what wrote it"
    case .tooDeep(let limit): "the JSON is nested deeper than \(limit) levels; flatten it"
    case .tooLong(let byteCount, let limit): "the JSON has \(byteCount) bytes and is limited to \(limit); shorten it"
    case .outOfMemory: "there is not enough memory to parse the JSON; try again with fewer programs running"
    }
  }
}
