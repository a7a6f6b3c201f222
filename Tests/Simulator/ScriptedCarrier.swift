import TocsinProducer
import Wire

/// A producer's end of the scripted network: connects, and connects again after a break.
struct ScriptedCarrier: Carrier, ~Copyable {
  private static let reconnectNanoseconds: UInt64 = 50_000_000
  private static let greatestReconnectNanoseconds: UInt64 = 1_000_000_000

  let network: Network
  let producer: Int
  private var connection: Int?
  private var wait = Self.reconnectNanoseconds
  /// When it tries again; nil while it is connected.
  private(set) var reconnectAt: UInt64?

  init(network: Network, producer: Int) {
    self.network = network
    self.producer = producer
    connection = network.connect(producer)
    if connection == nil { reconnectAt = network.now + wait }
  }

  mutating func receive() throws(ProducerError) -> WireMessage? {
    connect()
    guard let connection, let frames = network.receive(on: connection) else { return nil }
    do {
      let (head, header, body) = (frames[0], frames[1], frames.count > 2 ? frames[2] : [])
      return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frames.count)
    } catch { throw .unintelligible("\(error)") }
  }

  mutating func send(_ outgoing: BatchSender.Outgoing) throws(ProducerError) -> Bool {
    guard let connection else { return false }
    return network.send(outgoing.message.frames + (outgoing.body.map { [$0] } ?? []), on: connection)
  }

  private mutating func connect() {
    if let connection, network.isOpen(connection), !network.isDrained(connection) { return }
    if connection != nil {
      leave()
      reconnectAt = network.now + Self.reconnectNanoseconds
    }
    guard network.now >= reconnectAt ?? 0 else { return }
    connection = network.connect(producer)
    wait = connection == nil ? min(2 * wait, Self.greatestReconnectNanoseconds) : Self.reconnectNanoseconds
    reconnectAt = connection == nil ? network.now + wait : nil
  }

  /// Ends the connection from this side.
  mutating func leave() {
    if let connection { network.leave(connection) }
    connection = nil
  }
}
