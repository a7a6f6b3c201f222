extension Setting {
  /// What the key may hold, as an error says it.
  var expected: String {
    switch kind {
    case .endpoint: "tcp://HOST:PORT or ipc://PATH in quotes, as \"\(Configuration.default.service.endpoint)\""
    case .integer(_, let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(_, let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .binMinutes: "an integer from 1 to 1440 that divides 60, or a multiple of 60 that divides 1440"
    }
  }

  /// Puts a value that stands in a file in its place; false where it is none that the key may hold.
  func store(_ value: TOMLEntry.Value, in configuration: inout Configuration) -> Bool {
    switch (kind, value) {
    case (.endpoint(let target), .string(let text)) where Self.isEndpoint(text):
      configuration[keyPath: target] = text
    case (.integer(let target, let range), .integer(let integer)):
      guard let integer = Int(exactly: integer), range.contains(integer) else { return false }
      configuration[keyPath: target] = integer
    case (.number(let target, let range), .number(let number)) where range.contains(number):
      configuration[keyPath: target] = number
    case (.number(let target, let range), .integer(let integer)) where range.contains(Double(integer)):
      configuration[keyPath: target] = Double(integer)
    case (.binMinutes(let target), .integer(let integer)):
      guard let minutes = Int(exactly: integer), Self.isBin(minutes) else { return false }
      configuration[keyPath: target] = minutes
    default: return false
    }
    return true
  }

  /// The value as TOML writes it.
  func rendered(_ configuration: Configuration) -> String {
    switch kind {
    // An endpoint holds only bytes that need no escape: see `isEndpoint`.
    case .endpoint(let source): "\"\(configuration[keyPath: source])\""
    case .integer(let source, _), .binMinutes(let source): String(configuration[keyPath: source])
    case .number(let source, _): String(configuration[keyPath: source])
    }
  }

  private static func isBin(_ minutes: Int) -> Bool {
    guard (1...1_440).contains(minutes) else { return false }
    return 60 % minutes == 0 || (minutes % 60 == 0 && 1_440 % minutes == 0)
  }

  /// Printable ASCII without spaces, quotes and backslashes. The length of an ipc path is that of a socket's address.
  private static func isEndpoint(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
      return false
    }
    if text.hasPrefix("ipc://") { return (1...100).contains(text.utf8.count - 6) }
    guard text.hasPrefix("tcp://"), text.utf8.count <= 256 else { return false }
    let address = text.dropFirst(6)
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex else { return false }
    let port = address[address.index(after: colon)...]
    return port.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } && (1...65_535).contains(Int(port) ?? 0)
  }
}
