import Reports
package import Terms

/// Why a whole body is refused. Faults of single events are rows of the batch, by their `Rejection`.
package enum DecodeError: Error, Equatable, Sendable {
  case bodyTooLong(byteCount: Int)
  case tooManyEvents
  case notAnArray
  case outOfMemory
  /// There is nobody to make terms of texts.
  case terms(TermsError)
}

extension DecodeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .bodyTooLong(let byteCount):
      "the body has \(byteCount) bytes and is limited to \(Limits.batchByteCount); send smaller batches"
    case .tooManyEvents: "the body has more than \(Limits.batchEventCount) events; send smaller batches"
    case .notAnArray:
      "the body is no JSON array, which \(MediaType.cloudEventsBatch.rawValue) asks for; send one or name another media type"
    case .terms(let error): "\(error)"
    case .outOfMemory: "there is not enough memory for a decoder; lower the load or give the service more"
    }
  }
}
