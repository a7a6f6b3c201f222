package import Reports

/// WELCOME: the aggregator's answer to HELLO.
package struct Welcome: Equatable, Sendable {
  /// Every sequence of the producer's epoch up to this one is durable; go on with the next.
  package var resumeAfter: UInt64
  package var credit: Credit
  package var limits: BatchLimits
  /// How often a producer that says nothing else gives a sign of life.
  package var heartbeatMilliseconds: UInt64
  /// The media type that bodies of this session have.
  package var mediaType: MediaType
  /// The minor version that this session speaks.
  package var minorVersion: UInt64

  package init(
    resumeAfter: UInt64, credit: Credit, limits: BatchLimits = BatchLimits(), heartbeatMilliseconds: UInt64,
    mediaType: MediaType = .ndjson, minorVersion: UInt64 = 0
  ) {
    self.resumeAfter = resumeAfter
    self.credit = credit
    self.limits = limits
    self.heartbeatMilliseconds = heartbeatMilliseconds
    self.mediaType = mediaType
    self.minorVersion = minorVersion
  }

  init(decoding header: HeaderReader) throws(WireError) {
    resumeAfter = try header.unsigned("resumeAfter", in: 0...WireLimits.sequence)
    credit = try Credit(decoding: header.object("credit"))
    limits = try BatchLimits(decoding: header.object("limits"))
    heartbeatMilliseconds = try header.unsigned("heartbeatMilliseconds", in: WireLimits.heartbeatMilliseconds)
    let name = try header.string("mediaType", byteCount: 1...WireLimits.nameByteCount)
    guard let mediaType = MediaType(rawValue: name) else {
      throw WireError(.outOfRange, "WELCOME mediaType: \(name) is not known here")
    }
    self.mediaType = mediaType
    minorVersion = try header.unsigned("minorVersion", in: 0...255)
  }

  func encode(to header: inout HeaderWriter) {
    header.member("resumeAfter", resumeAfter)
    header.object("credit") { credit.encode(to: &$0) }
    header.object("limits") { limits.encode(to: &$0) }
    header.member("heartbeatMilliseconds", heartbeatMilliseconds)
    header.member("mediaType", mediaType.rawValue)
    header.member("minorVersion", minorVersion)
  }
}
