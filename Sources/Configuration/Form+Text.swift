import Reports
import Terms

extension Form where Value == String {
  /// `tcp://HOST:PORT` or `ipc://PATH`.
  static let endpoint = Form(
    expected: "tcp://HOST:PORT or ipc://PATH in quotes, as \"\(Configuration.default.service.endpoint)\"",
    single: { value in
      guard case .string(let text) = value, isEndpoint(text) else { return nil }
      return text
    }, write: quoted)

  /// How the names of sources begin; empty: all of them.
  static let sourcePrefix = Form(
    expected: "a string of at most \(Limits.sourceByteCount) bytes without control characters",
    single: { value in
      guard case .string(let text) = value, text.utf8.count <= Limits.sourceByteCount,
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { return nil }
      return text
    }, write: quoted)

  /// A producer's name, as HELLO has it.
  static let producerName = Form(
    expected: "1 to \(Limits.producerByteCount) bytes in quotes, without control characters",
    single: { value in
      guard case .string(let text) = value, (1...Limits.producerByteCount).contains(text.utf8.count),
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { return nil }
      return text
    }, write: quoted)

  /// A key in Z85 (ZeroMQ RFC 32): five characters stand for four bytes.
  static let publicKey = Form(
    expected: "a public key of 40 characters in quotes, as `tocsin keygen` prints it",
    single: { value in
      guard case .string(let text) = value, isKey(text) else { return nil }
      return text
    }, write: quoted)

  private static let z85 = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  private static func isKey(_ text: String) -> Bool {
    let digits = text.utf8.map { z85.firstIndex(of: $0) }
    guard digits.count == 40, !digits.contains(nil) else { return false }
    return stride(from: 0, to: 40, by: 5).allSatisfy { start in
      digits[start..<start + 5].reduce(0) { $0 * 85 + ($1 ?? 0) } <= Int(UInt32.max)
    }
  }

  /// Where a file lies.
  static let filePath = Form(
    expected: "a path of 1 to 4096 bytes in quotes, without control characters",
    single: { value in
      guard case .string(let text) = value, (1...4_096).contains(text.utf8.count),
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { return nil }
      return text
    }, write: quoted)

  /// A keyword, which becomes as reports' keywords are; `*` at its end stands for any ending.
  static let keywordPattern = Form(
    expected: "a keyword of at most \(Limits.keywordByteCount) bytes in quotes, or how keywords begin and *, as \"earth*\"",
    single: { value in
      guard case .string(let text) = value else { return nil }
      return normalized(text)
    }, write: quoted)

  private static func normalized(_ pattern: String) -> String? {
    var bytes = Array(pattern.utf8)
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    let isOpen = bytes.last == UInt8(ascii: "*")
    if isOpen { bytes.removeLast() }
    var normalized: [UInt8] = []
    guard KeywordNormalizer.normalize(bytes.span, into: &normalized) == .kept, normalized.count <= Limits.keywordByteCount
    else { return nil }
    return String(decoding: normalized, as: UTF8.self) + (isOpen ? "*" : "")
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

  /// A text as a basic string of TOML, on one line, with whatever cannot be seen as its number.
  @Sendable private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        let digits = String(scalar.value, radix: 16)
        let width = digits.utf8.count > 4 ? 8 : 4
        quoted += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.utf8.count) + digits
      default:
        if scalar == "\"" || scalar == "\\" { quoted += "\\" }
        quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
