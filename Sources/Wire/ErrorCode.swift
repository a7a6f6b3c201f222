/// The codes of ERROR: part of the protocol, never renamed.
package enum ErrorCode: String, CaseIterable, Sendable {
  /// A message has another number of frames than its verb asks for.
  case malformedFrames = "malformed-frames"
  /// The first frame is not six bytes that begin with "TCSN".
  case badMagic = "bad-magic"
  /// The major version is not spoken here; `supportedVersions` names those that are.
  case unsupportedVersion = "unsupported-version"
  /// The sixth byte is no verb.
  case unknownVerb = "unknown-verb"
  /// The verb is one that only the other side sends.
  case unexpectedVerb = "unexpected-verb"
  /// The header frame is longer than it may be.
  case headerTooLong = "header-too-long"
  /// The header frame is not a JSON object in UTF-8.
  case malformedHeader = "malformed-header"
  /// A required member of the header is absent.
  case missingMember = "missing-member"
  /// A member of the header has another JSON type than this document gives it.
  case wrongType = "wrong-type"
  /// A member of the header lies outside its bounds.
  case outOfRange = "out-of-range"
  /// A PUT says that it holds no event.
  case emptyBatch = "empty-batch"
  /// A PUT says that it holds more events than a batch may.
  case batchTooLong = "batch-too-long"
  /// The body of a PUT has more bytes than a batch may.
  case bodyTooLong = "body-too-long"
  /// The body of a PUT does not have the checksum that its header says.
  case checksumMismatch = "checksum-mismatch"
  /// The body of a PUT holds another number of events than its header says.
  case countMismatch = "count-mismatch"
  /// The body of a PUT is not what its media type says.
  case malformedBody = "malformed-body"
  /// None of the media types of a HELLO is read here.
  case unsupportedMediaType = "unsupported-media-type"
  /// The aggregator already keeps as many producers as it may.
  case tooManyProducers = "too-many-producers"
  /// The session is not known (any more): say HELLO first, then go on after `resumeAfter`.
  case helloRequired = "hello-required"
  /// The epoch is not the one that the session's HELLO named: say HELLO again.
  case wrongEpoch = "wrong-epoch"
  /// Another connection has said HELLO with the same producer and epoch since: two use one outbox.
  case sessionSuperseded = "session-superseded"
  /// Sequences are missing before the batch: go on at `expectedSequence`.
  case sequenceGap = "sequence-gap"
  /// The key is not (any more) one that may connect.
  case keyNotAllowed = "key-not-allowed"
  /// The key is not one of the producer that HELLO names.
  case producerNotAllowed = "producer-not-allowed"
}
