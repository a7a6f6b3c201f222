/// ERROR: why a message could not be used. It is both what decoding throws and what is sent back.
package struct WireError: Error, Equatable, Sendable {
  /// The code as it stands on the wire; one that a later version has added is kept as it is.
  package var code: String
  /// What is wrong, where, and what was expected, for people.
  package var message: String
  /// The major versions that are spoken here, with `unsupported-version`; otherwise empty.
  package var supportedVersions: [UInt64]
  /// The sequence to go on at, with `sequence-gap`.
  package var expectedSequence: UInt64?

  package init(
    _ code: ErrorCode, _ message: String, supportedVersions: [UInt64] = [], expectedSequence: UInt64? = nil
  ) {
    self.code = code.rawValue
    self.message = message
    self.supportedVersions = supportedVersions
    self.expectedSequence = expectedSequence
  }

  /// The code where it is one of this version's.
  package var knownCode: ErrorCode? { ErrorCode(rawValue: code) }

  init(decoding header: HeaderReader) throws(WireError) {
    code = try header.string("code", byteCount: 1...WireLimits.nameByteCount)
    message = try header.string("message", byteCount: 0...WireLimits.messageByteCount)
    supportedVersions = try header.has("supportedVersions") ? header.unsignedArray("supportedVersions", in: 0...255) : []
    expectedSequence =
      try header.has("expectedSequence") ? header.unsigned("expectedSequence", in: 1...WireLimits.sequence) : nil
  }

  func encode(to header: inout HeaderWriter) {
    header.member("code", code)
    header.member("message", message)
    if !supportedVersions.isEmpty { header.member("supportedVersions", supportedVersions) }
    if let expectedSequence { header.member("expectedSequence", expectedSequence) }
  }
}

extension WireError: CustomStringConvertible {
  package var description: String { "\(message) (\(code))" }
}
