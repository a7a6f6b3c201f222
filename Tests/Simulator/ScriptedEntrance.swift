import Service
import Wire
import ZeroMQ

/// The aggregator's end of the scripted network.
struct ScriptedEntrance: Transport, ~Copyable {
  let network: Network

  var publicKey: CurveKey? { nil }

  mutating func receive(into receiver: inout FrameReceiver) throws(ZeroMQError) -> Bool {
    guard let (frames, connection) = network.receive() else { return false }
    receiver.take(frames, route: Network.route(connection), connection: Int32(connection))
    return true
  }

  func send(_ message: WireMessage, to route: [UInt8]) throws(ZeroMQError) -> Socket.Outcome {
    switch network.send(message.frames, to: route) {
    case .sent: .sent
    case .full: .wouldBlock
    case .gone: .unroutable
    }
  }

  func hangUp(_ connection: Int32) { network.hangUp(Int(connection)) }
}
