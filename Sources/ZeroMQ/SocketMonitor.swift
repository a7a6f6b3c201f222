import CZeroMQ

/// Tells what happens to the connections of one socket; it belongs to the same thread as the socket.
@safe
package struct SocketMonitor: ~Copyable {
  /// Why a handshake failed.
  package enum Failure: Equatable, Sendable {
    /// The authenticator refused the peer's key; its status: 300 for now, 400 for good, 500 where it failed itself.
    case refused(status: Int)
    /// What the peer sent was not made with the keys that it should have been made with, or not for this connection.
    case cryptographic
    /// The peer spoke another mechanism: plain to a socket with keys, or the other way round.
    case otherMechanism
    /// What the peer sent was no handshake.
    case malformed
    /// The connection broke, or the peer took too long.
    case broken
  }

  package enum Event: Equatable, Sendable {
    /// A connection was taken; its file descriptor.
    case accepted(descriptor: Int32)
    /// The peer is who it should be.
    case authenticated(descriptor: Int32)
    case failed(Failure)
    /// A connection is gone; the file descriptor that it had.
    case disconnected(descriptor: Int32)
  }

  private static let events =
    ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

  private let watch: Watch
  /// For a `Poller`.
  package let socket: Socket
  private var message = Message()

  /// Begins to watch a socket.
  ///
  /// - Parameter name: what no other monitor of the context is called.
  package init(_ watched: borrowing Socket, name: String, in context: borrowing Context) throws(ZeroMQError) {
    let endpoint = "inproc://monitor-\(name)"
    let socket = try Socket(.pair, in: context)
    // libzmq's own thread would wait for a reader that lags behind, and everybody with it.
    try socket.setReceiveHighWaterMark(messageCount: 0)
    try socket.setLinger(milliseconds: 0)
    let watch = try Watch(watched.handle, reader: socket.handle, at: endpoint, Self.events)
    try socket.connect(to: endpoint)
    self.watch = watch
    self.socket = socket
  }

  /// The next event; nil where there is none.
  package mutating func next() throws(ZeroMQError) -> Event? {
    while try socket.receive(into: &message) {
      // A number of 16 bits and a value of 32, in the machine's order; then the endpoint.
      let (kind, value) = Self.read(message.bytes)
      while message.hasMore { guard try socket.receive(into: &message) else { break } }
      if let event = Self.event(kind, value) { return event }
    }
    return nil
  }

  private static func read(_ bytes: Span<UInt8>) -> (kind: Int32, value: Int32) {
    guard bytes.count == 6 else { return (0, 0) }
    let value = (2..<6).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
    return (Int32(bytes[0]) | Int32(bytes[1]) << 8, Int32(bitPattern: value))
  }

  private static func event(_ kind: Int32, _ value: Int32) -> Event? {
    switch kind {
    case ZMQ_EVENT_ACCEPTED: .accepted(descriptor: value)
    case ZMQ_EVENT_DISCONNECTED: .disconnected(descriptor: value)
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .authenticated(descriptor: value)
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .failed(.refused(status: Int(value)))
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .failed(.broken)
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      switch value {
      case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC: .failed(.cryptographic)
      case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: .failed(.otherMechanism)
      default: .failed(.malformed)
      }
    default: nil
    }
  }
}

/// That a socket is watched: ends with its owner.
///
/// libzmq's own thread waits for a reader, and whoever ends the watch waits for that thread: the reader must be there until it has
/// ended. The members of a structure go in any order once it is optimised, so that the watch itself keeps the reader.
@safe
final class Watch {
  private let watched: SocketHandle
  private let reader: SocketHandle

  init(_ watched: SocketHandle, reader: SocketHandle, at endpoint: String, _ events: Int32) throws(ZeroMQError) {
    self.watched = watched
    self.reader = reader
    guard unsafe zmq_socket_monitor(watched.pointer, endpoint, events) == 0 else { throw .last("watch", endpoint: endpoint) }
  }

  deinit { unsafe zmq_socket_monitor(watched.pointer, nil, 0) }
}
