/// Why an event was refused. The raw value is what the journal keeps; never reuse a number.
package enum Rejection: UInt8, CaseIterable, Sendable {
  case malformedJSON = 1
  case notAnObject
  case tooDeep
  case eventTooLong
  case afterSyntaxError
  case duplicateMember
  case missingSpecversion
  case unsupportedSpecversion
  case missingType
  case unknownType
  case missingSource
  case sourceTooLong
  case missingID
  case idTooLong
  case subjectTooLong
  case missingTime
  case malformedTime
  case timeAhead
  case missingData
  case wrongType
  case malformedLocation
  case locationOutOfRange
  case tooManyKeywords
  case keywordTooLong
  case textTooLong
  case nothingToSay
  case reporterTooLong
  case malformedAccuracy
  case conflict
  case controlCharacter
  case tooManySources
  case missingSubject
  case sourceNotAllowed

  /// The code on the wire, in kebab case: part of the protocol, never renamed.
  package var code: String { description.code }
  /// The member at fault, as a path from the event's root; empty where it is the whole event.
  package var member: String { description.member }
  /// What is wrong and what was expected, in one clause.
  package var message: String { description.message }

  /// Whether the event could not be read to its end, so that only its beginning can be kept.
  package var isBroken: Bool {
    switch self {
    case .malformedJSON, .tooDeep, .eventTooLong, .afterSyntaxError: true
    default: false
    }
  }

  /// Member and message in one line.
  package var fullMessage: String { member.isEmpty ? message : "\(member): \(message)" }

  private var description: (code: String, member: String, message: String) {
    switch self {
    case .malformedJSON: ("malformed-json", "", "the event is not valid JSON in UTF-8")
    case .notAnObject: ("not-an-object", "", "an event is a JSON object")
    case .tooDeep: ("too-deep", "", "nesting is limited to \(Limits.nestingDepth) levels")
    case .eventTooLong: ("event-too-long", "", "an event is limited to \(Limits.eventByteCount) bytes")
    case .afterSyntaxError:
      ("after-syntax-error", "", "an earlier syntax error in the array hides where this event begins; send it again")
    case .duplicateMember: ("duplicate-member", "", "a member that is read stands twice in the same object")
    case .missingSpecversion: ("missing-member", "specversion", "expected \"1.0\"")
    case .unsupportedSpecversion: ("unsupported-specversion", "specversion", "expected \"1.0\"")
    case .missingType: ("missing-member", "type", "expected \"org.tocsin.report.v1\" or \"org.tocsin.report.cancel.v1\"")
    case .unknownType: ("unknown-type", "type", "expected \"org.tocsin.report.v1\" or \"org.tocsin.report.cancel.v1\"")
    case .missingSource: ("missing-member", "source", "expected a non-empty string")
    case .sourceTooLong: ("too-long", "source", "limited to \(Limits.sourceByteCount) bytes")
    case .missingID: ("missing-member", "id", "expected a non-empty string")
    case .idTooLong: ("too-long", "id", "limited to \(Limits.identifierByteCount) bytes")
    case .subjectTooLong: ("too-long", "subject", "limited to \(Limits.subjectByteCount) bytes")
    case .missingTime: ("missing-member", "time", "expected an RFC 3339 time with an offset")
    case .malformedTime: ("malformed-time", "time", "expected an RFC 3339 time with an offset, as 2015-02-10T13:05:00Z")
    case .timeAhead:
      ("time-ahead", "time", "lies further ahead of the aggregator's clock than it allows; check the sender's clock")
    case .missingData: ("missing-member", "data", "expected an object")
    case .wrongType: ("wrong-type", "", "a member has another JSON type than docs/wire.md gives it")
    case .malformedLocation: ("malformed-location", "data.location", "expected a GeoJSON Point: [longitude, latitude] in degrees")
    case .locationOutOfRange:
      ("location-out-of-range", "data.location.coordinates", "longitude is within ±180 and latitude within ±90, in this order")
    case .tooManyKeywords: ("too-many-keywords", "data.keywords", "limited to \(Limits.keywordCount)")
    case .keywordTooLong: ("too-long", "data.keywords", "a keyword is limited to \(Limits.keywordByteCount) bytes")
    case .textTooLong: ("too-long", "data.text", "limited to \(Limits.textByteCount) bytes")
    case .nothingToSay: ("missing-member", "data", "expected at least one of keywords and text")
    case .reporterTooLong: ("too-long", "data.reporter", "limited to \(Limits.reporterByteCount) bytes")
    case .malformedAccuracy: ("malformed-accuracy", "data.accuracyMeters", "expected a number of metres, zero or more")
    case .conflict: ("conflict", "id", "the same source and id came earlier with other content")
    case .controlCharacter: ("control-character", "", "source, id, subject and keywords hold no control characters")
    case .tooManySources: ("too-many-sources", "source", "limited to \(Limits.distinctSourceCount) distinct sources")
    case .missingSubject: ("missing-member", "subject", "a cancellation names the ticket that it cancels")
    case .sourceNotAllowed: ("source-not-allowed", "source", "the producer's key is not one for events of this source")
    }
  }
}
