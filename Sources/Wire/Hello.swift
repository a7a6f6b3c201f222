package import Reports

/// HELLO: a producer says who it is and what it speaks. It may come at any time and begins the session anew.
package struct Hello: Equatable, Sendable {
  /// The producer's name: 1 to `Limits.producerByteCount` bytes without control characters.
  package var producer: String
  /// Its outbox's identity; sequences count within it.
  package var epoch: Epoch
  /// The last sequence that it has sent in this epoch, 0 before the first.
  package var lastSequence: UInt64
  /// The media types that it can send, the one it likes best first.
  package var mediaTypes: [String]
  /// The minor versions of the protocol that it speaks.
  package var minorVersions: [UInt64]

  package init(
    producer: String, epoch: Epoch, lastSequence: UInt64 = 0, mediaTypes: [String] = [MediaType.ndjson.rawValue],
    minorVersions: [UInt64] = [0]
  ) {
    self.producer = producer
    self.epoch = epoch
    self.lastSequence = lastSequence
    self.mediaTypes = mediaTypes
    self.minorVersions = minorVersions
  }

  init(decoding header: HeaderReader) throws(WireError) {
    producer = try header.string("producer", byteCount: 1...Limits.producerByteCount)
    guard !producer.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw WireError(.outOfRange, "HELLO producer: holds a control character")
    }
    epoch = try header.epoch("epoch")
    lastSequence = try header.unsigned("lastSequence", in: 0...WireLimits.sequence)
    mediaTypes = try header.stringArray("mediaTypes", byteCount: 1...WireLimits.nameByteCount)
    minorVersions = try header.unsignedArray("minorVersions", in: 0...255)
  }

  func encode(to header: inout HeaderWriter) {
    header.member("producer", producer)
    header.member("epoch", epoch)
    header.member("lastSequence", lastSequence)
    header.member("mediaTypes", mediaTypes)
    header.member("minorVersions", minorVersions)
  }
}
