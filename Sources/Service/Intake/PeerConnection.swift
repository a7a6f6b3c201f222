import Wire
import ZeroMQ

/// What the intake knows of a route.
struct PeerConnection {
  var session = Session()
  /// No two that are kept have the same.
  var number: UInt64
  /// What it has proven to hold; nil where nobody is asked.
  var key: CurveKey?
  /// Its file descriptor.
  var descriptor: Int32?
  var lastHeardAtNanoseconds: UInt64
  var lastPingedAtNanoseconds: UInt64 = 0
  /// The last sequence of the session's epoch that an ACK has answered for: none goes back behind it.
  var acknowledgedThrough: UInt64 = 0
  /// What of it is under way.
  var outstanding = Load()
  /// Was told to have no credit, and is to be told when it has.
  var isStarved = false
  /// Whose cursor its session goes on with; nil before HELLO.
  var producer: ProducerKey?
  /// Its last batch, by its index in `pending`, and the turn in which that may still grow.
  var growing = (index: 0, turn: 0 as UInt64)
  /// What it is told in a turn, by its index in `acks`, and which turn that is.
  var answering = (index: 0, turn: UInt64.max)
}
