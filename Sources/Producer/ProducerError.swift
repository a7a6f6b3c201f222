package import Wire
package import ZeroMQ

/// Why a producer cannot go on.
package enum ProducerError: Error, Equatable, Sendable {
  /// The aggregator refused what sending again would not mend.
  case refused(WireError)
  /// The aggregator sent what is not the protocol.
  case unintelligible(WireError)
  /// The aggregator acknowledged sequences of this epoch that it now does not hold.
  case forgotten(acknowledged: UInt64, resumeAfter: UInt64)
  /// The batch does not fit the limits of the wire.
  case batchOutOfBounds(count: Int, byteCount: Int)
  /// Nothing was heard for too long.
  case silence(endpoint: String, seconds: UInt64, isConnected: Bool)
  case zeroMQ(ZeroMQError)
}

extension ProducerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let error):
      return "the aggregator refused: \(error)"
    case .unintelligible(let error):
      return "the answer is not the protocol of this version: \(error); check that the endpoint is an aggregator's"
    case .forgotten(let acknowledged, let resumeAfter):
      return
        "the aggregator acknowledged sequence \(acknowledged) but now holds only \(resumeAfter): its journal was replaced by an"
        + " older one; send everything again under a new epoch"
    case .batchOutOfBounds(let count, let byteCount):
      return "a batch of \(count) events and \(byteCount) bytes is outside the limits of the wire; gather fewer"
    case .silence(let endpoint, let seconds, let isConnected):
      let reason =
        isConnected
        ? "something listens there but does not answer, check that it is an aggregator"
        : "nothing that speaks ZeroMQ listens there, or it does not take these keys (or none); start the aggregator, check the "
          + "endpoint, --key and --server-key; `tocsin sources --refused` beside the aggregator says who was refused"
      return "no answer from \(endpoint) for \(seconds) s: \(reason)"
    case .zeroMQ(let error):
      return error.description
    }
  }
}
