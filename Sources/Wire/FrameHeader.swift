/// The first frame of every message: "TCSN", the major version and the verb, six bytes.
package struct FrameHeader: Equatable, Sendable {
  package static let byteCount = 6
  /// The one major version that is spoken here.
  package static let version: UInt8 = 1
  private static let magic = Array("TCSN".utf8)

  package var verb: Verb

  package init(_ verb: Verb) { self.verb = verb }

  /// Reads the six bytes.
  /// - Throws: `bad-magic`, `unsupported-version` (naming the supported ones) or `unknown-verb`.
  package init(decoding bytes: Span<UInt8>) throws(WireError) {
    guard bytes.count == Self.byteCount else {
      throw WireError(.badMagic, "the first frame has \(bytes.count) bytes, expected \(Self.byteCount): TCSN, version, verb")
    }
    for index in Self.magic.indices where bytes[index] != Self.magic[index] {
      throw WireError(.badMagic, "the first frame does not begin with TCSN")
    }
    guard bytes[4] == Self.version else {
      throw WireError(
        .unsupportedVersion, "major version \(bytes[4]) is not spoken here", supportedVersions: [UInt64(Self.version)])
    }
    guard let verb = Verb(rawValue: bytes[5]) else {
      throw WireError(.unknownVerb, "verb \(bytes[5]) is not one of 1 to \(Verb.allCases.count)")
    }
    self.verb = verb
  }

  /// The six bytes.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the six bytes.
  func append(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: Self.magic)
    bytes.append(Self.version)
    bytes.append(verb.rawValue)
  }
}
