package import Reports

/// One event that an ACK names because it was not accepted.
package struct EventException: Equatable, Sendable {
  /// The verdicts that are named; the fourth, accepted, is implied.
  package enum Kind: String, CaseIterable, Sendable {
    case duplicate, late, rejected
  }

  package var sequence: UInt64
  package var verdict: Kind
  /// "cursor" or "identity" for a duplicate, "late", or the rejection's code.
  package var code: String
  /// For people: "member: message" of a rejection, otherwise empty.
  package var detail: String

  package init(sequence: UInt64, verdict: Kind, code: String, detail: String = "") {
    self.sequence = sequence
    self.verdict = verdict
    self.code = code
    self.detail = detail
  }

  /// What is said of a verdict; nil where the event was accepted.
  package init?(sequence: UInt64, _ verdict: Verdict) {
    switch verdict {
    case .accepted: return nil
    case .duplicateOfCursor: self.init(sequence: sequence, verdict: .duplicate, code: "cursor")
    case .duplicateOfIdentity: self.init(sequence: sequence, verdict: .duplicate, code: "identity")
    case .late: self.init(sequence: sequence, verdict: .late, code: "late")
    case .rejected(let rejection):
      let detail = rejection.member.isEmpty ? rejection.message : "\(rejection.member): \(rejection.message)"
      self.init(sequence: sequence, verdict: .rejected, code: rejection.code, detail: detail)
    }
  }

  init(decoding header: HeaderReader) throws(WireError) {
    sequence = try header.unsigned("sequence", in: 1...WireLimits.sequence)
    let name = try header.string("verdict", byteCount: 1...WireLimits.nameByteCount)
    guard let verdict = Kind(rawValue: name) else {
      throw WireError(.outOfRange, "ACK exceptions.verdict: \(name), expected duplicate, late or rejected")
    }
    self.verdict = verdict
    code = try header.string("code", byteCount: 1...WireLimits.nameByteCount)
    detail = try header.has("detail") ? header.string("detail", byteCount: 0...WireLimits.messageByteCount) : ""
  }

  func encode(to header: inout HeaderWriter) {
    header.member("sequence", sequence)
    header.member("verdict", verdict.rawValue)
    header.member("code", code)
    if !detail.isEmpty { header.member("detail", detail) }
  }
}
