package import Wire
import ZeroMQ

/// Why a producer cannot go on. What its outbox holds is safe; where the description says what to do, do it and start again.
public enum ProducerError: Error, Equatable, Sendable {
  /// The aggregator refused what sending again would not mend; `code` is one of ERROR's codes in docs/wire.md.
  case refused(code: String, message: String)
  /// The aggregator sent what is not the protocol.
  case unintelligible(String)
  /// The aggregator acknowledged sequences of this epoch that it now does not hold.
  case forgotten(acknowledged: UInt64, resumeAfter: UInt64)
  /// The aggregator holds sequences of this epoch that this side has not sent.
  case rolledBack(lastSent: UInt64, resumeAfter: UInt64)
  /// Another producer has begun a session under the same epoch.
  case epochInUse(String)
  /// The batch does not fit the limits of the wire.
  case batchOutOfBounds(count: Int, byteCount: Int)
  /// An event is empty, longer than `Limits.eventByteCount`, or holds a line feed; nothing was taken.
  case malformedEvent(index: Int, String)
  /// A checkpoint has more than 63 bytes; nothing was taken.
  case checkpointTooLong(byteCount: Int)
  /// Nothing was heard for too long.
  case silence(endpoint: String, seconds: UInt64, isConnected: Bool)
  /// The network below failed, or the endpoint is malformed.
  case network(String)
  /// The system refused a thread or a descriptor.
  case system(String)
  case outbox(OutboxError)
  /// It was closed already.
  case closed
  /// Waiting inside a callback would wait for ever: the callback's thread is the one that sends.
  case calledFromCallback
}

extension ProducerError {
  /// What a new epoch mends, as the notice that tells of it; nil where one would not help.
  package var renewal: Notice? {
    switch self {
    case .rolledBack(let lastSent, let resumeAfter): .rolledBack(lastSent: lastSent, resumeAfter: resumeAfter)
    case .epochInUse: .epochInUse
    default: nil
    }
  }

  package static func refused(_ error: WireError) -> ProducerError { .refused(code: error.code, message: error.message) }

  static func unintelligible(_ error: WireError) -> ProducerError { .unintelligible("\(error)") }

  static func zeroMQ(_ error: ZeroMQError) -> ProducerError { .network("\(error)") }
}

extension ProducerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let code, let message):
      return "the aggregator refused: \(message) (\(code))"
    case .unintelligible(let error):
      return "the answer is not the protocol of this version: \(error); check that the endpoint is an aggregator's"
    case .forgotten(let acknowledged, let resumeAfter):
      return
        "the aggregator acknowledged sequence \(acknowledged) but now holds only \(resumeAfter): its journal was replaced by an"
        + " older one; send everything again under a new epoch (an outbox: send --renew)"
    case .rolledBack(let lastSent, let resumeAfter):
      return
        "the aggregator holds sequence \(resumeAfter), but only \(lastSent) were sent from here: this is an older state, or a copy"
        + " has sent; go on under a new epoch"
    case .epochInUse(let message):
      return "\(message); two producers must not share an outbox or an epoch"
    case .batchOutOfBounds(let count, let byteCount):
      return "a batch of \(count) events and \(byteCount) bytes is outside the limits of the wire; gather fewer"
    case .malformedEvent(let index, let reason):
      return "event \(index) of those given: \(reason); nothing was taken"
    case .checkpointTooLong(let byteCount):
      return "a checkpoint of \(byteCount) bytes: at most 63 are kept; nothing was taken"
    case .silence(let endpoint, let seconds, let isConnected):
      let reason =
        isConnected
        ? "something listens there but does not answer, check that it is an aggregator"
        : "nothing that speaks ZeroMQ listens there, or it does not take these keys (or none); start the aggregator, check the "
          + "endpoint, --key and --server-key; `tocsin sources --refused` beside the aggregator says who was refused"
      return "no answer from \(endpoint) for \(seconds) s: \(reason)"
    case .network(let error), .system(let error):
      return error
    case .outbox(let error):
      return error.description
    case .closed:
      return "the producer is closed; make another one for the outbox"
    case .calledFromCallback:
      return "flush, close and waiting for space are not to be called from a callback; call them from another thread"
    }
  }
}
