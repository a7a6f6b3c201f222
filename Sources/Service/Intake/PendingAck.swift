import Reports
import Wire

/// What a connection is to be told of the batches that are settled in a turn: one cumulative ACK, whose memory is used again.
struct PendingAck {
  /// Exceptions whose room is kept from turn to turn.
  private static let keptExceptionCount = 1_024

  private(set) var route: [UInt8]
  var ack: Ack

  /// Of a batch, whose verdicts are not in it yet.
  init(_ answered: PendingBatch) {
    route = answered.route
    ack = Ack(epoch: answered.key.epoch, throughSequence: 0, credit: Credit(events: 0, bytes: 0))
  }

  /// Begins anew.
  mutating func begin(_ answered: PendingBatch) {
    route = answered.route
    ack.epoch = answered.key.epoch
    ack.throughSequence = 0
    ack.exceptions.removeAll(keepingCapacity: true)
  }

  /// Gives back the room of very many exceptions: most often there are few.
  mutating func release() {
    if ack.exceptions.capacity > Self.keptExceptionCount { ack.exceptions = [] }
  }

  /// Takes in the verdicts of a batch: those that are not "accepted" are named.
  mutating func add(_ verdicts: [Verdict], of answered: PendingBatch) {
    for (row, verdict) in verdicts.enumerated() {
      let sequence = answered.firstSequence + UInt64(row)
      // A batch that was sent twice is answered once.
      if sequence > ack.throughSequence, let exception = EventException(sequence: sequence, verdict) {
        ack.exceptions.append(exception)
      }
    }
    // Not the cursor: that may be ahead by what came on an earlier connection, whose verdicts are not named here.
    ack.throughSequence = max(ack.throughSequence, answered.lastSequence)
  }
}
