package import Wire
package import ZeroMQ

/// What carries messages between the intake and its peers: the ROUTER where it serves, a scripted network where it is simulated.
package protocol Transport: ~Copyable {
  /// The key that peers must know; nil where nobody is asked for theirs.
  var publicKey: CurveKey? { get }
  /// Takes the next message; false where none is there.
  mutating func receive(into receiver: inout FrameReceiver) throws(ZeroMQError) -> Bool
  /// Sends a message without waiting.
  mutating func send(_ message: WireMessage, to route: [UInt8]) throws(ZeroMQError) -> Socket.Outcome
  /// Ends the connection that a message came on.
  func hangUp(_ connection: Int32)
}
