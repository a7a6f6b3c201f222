/// Something that a producer mended by itself, and that somebody should know of.
public enum Notice: Equatable, Sendable {
  /// The system stopped while events were written that nobody had been promised: what was half there was cut off.
  case tornTail(String)
  /// The outbox is not where it was made: it was copied or restored. What is not acknowledged is sent under a new epoch, so that
  /// neither copy's events are taken for the other's.
  case copied(path: String)
  /// The outbox was another producer's. What is not acknowledged is sent under this name and a new epoch.
  case renamed(String)
  /// The file `head` could not be read: everything that the outbox holds is sent again, under a new epoch.
  case headLost(path: String)
  /// What was damaged was set aside in these files, as `renewsEpoch` asked.
  case setAside([String])
  /// The aggregator holds more of the epoch than this outbox has sent: it is an older state of itself, or a copy of it has sent.
  /// What is not acknowledged is sent under a new epoch.
  case rolledBack(lastSent: UInt64, resumeAfter: UInt64)
  /// Another producer sends under the same epoch at this moment. What is not acknowledged is sent under a new one.
  case epochInUse
  /// A new epoch was begun because `renewsEpoch` asked for it.
  case renewed
}

extension Notice: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tornTail(let what): "\(what); cut off, nothing that was promised is lost"
    case .copied(let path):
      "\(path): this outbox was copied or moved from elsewhere; a new epoch was begun, do not send from the other one"
    case .renamed(let name): "the outbox was used under another name than \(name); a new epoch was begun"
    case .headLost(let path): "\(path): not readable; a new epoch was begun, and everything that the outbox holds is sent again"
    case .setAside(let names):
      "what was damaged is set aside: \(names.isEmpty ? "nothing could be read" : names.joined(separator: ", "))"
    case .rolledBack(let lastSent, let resumeAfter):
      "the aggregator holds sequence \(resumeAfter), this outbox has sent only \(lastSent): it is an older state or a copy has sent;"
        + " a new epoch was begun"
    case .epochInUse: "another producer sends under the same epoch, from a copy of this outbox; a new epoch was begun"
    case .renewed: "a new epoch was begun; what was not acknowledged is sent again"
    }
  }
}
