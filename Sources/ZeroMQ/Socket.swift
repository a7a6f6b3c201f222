import CZeroMQ

/// A ZeroMQ socket. Not thread-safe: the thread that makes it keeps it.
///
/// It is closed once it and every `Poller` that watches it are gone.
@safe
package struct Socket: ~Copyable {
  /// The pattern that a socket follows.
  package enum Kind: Sendable {
    /// Sends to the peer that the first frame names, and receives with that name in front.
    case router
    /// Sends to one peer after another, receives from all.
    case dealer
    /// One to one, for threads of one process.
    case pair
    /// Answers one request after the other.
    case reply
  }

  /// What became of a message that was handed over.
  package enum Outcome: Equatable, Sendable {
    /// It is queued; whether it arrives is for the protocol above to find out.
    case sent
    /// Nothing was queued: no connection, or its queue is full.
    case wouldBlock
    /// Nothing was queued: a router knows no such peer (any more).
    case unroutable
  }

  let handle: SocketHandle

  /// Makes a socket that is neither bound nor connected.
  /// - Throws: `ZeroMQError` where sockets or file descriptors have run out.
  package init(_ kind: Kind, in context: borrowing Context) throws(ZeroMQError) {
    let number: Int32
    switch kind {
    case .router: number = ZMQ_ROUTER
    case .dealer: number = ZMQ_DEALER
    case .pair: number = ZMQ_PAIR
    case .reply: number = ZMQ_REP
    }
    handle = try SocketHandle(number, in: context.handle)
  }

  /// Listens at an endpoint; port `*` lets the system choose one, which `lastEndpoint` then tells.
  /// - Throws: `ZeroMQError`, above all where the port is in use.
  package borrowing func bind(to endpoint: String) throws(ZeroMQError) {
    guard Self.isPortInRange(endpoint) else { throw ZeroMQError(operation: "bind", endpoint: endpoint, number: EINVAL) }
    guard unsafe zmq_bind(handle.pointer, endpoint) == 0 else { throw .last("bind", endpoint: endpoint) }
  }

  /// Begins to connect to an endpoint, in the background and again after every break.
  /// - Throws: `ZeroMQError` where the endpoint is malformed; not where nobody listens there.
  package borrowing func connect(to endpoint: String) throws(ZeroMQError) {
    guard Self.isPortInRange(endpoint) else { throw ZeroMQError(operation: "connect to", endpoint: endpoint, number: EINVAL) }
    guard unsafe zmq_connect(handle.pointer, endpoint) == 0 else { throw .last("connect to", endpoint: endpoint) }
  }

  /// Stops listening at an endpoint, as `lastEndpoint` tells it; connections that are made stay.
  /// - Throws: `ZeroMQError` where it does not listen there.
  package borrowing func unbind(from endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_unbind(handle.pointer, endpoint) == 0 else { throw .last("stop listening at", endpoint: endpoint) }
  }

  /// libzmq takes a port above 65535 modulo 65536, which is never what was meant.
  private static func isPortInRange(_ endpoint: String) -> Bool {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return true }
    let port = endpoint[endpoint.index(after: colon)...]
    return !port.allSatisfy { $0.isASCII && $0.isNumber } || UInt16(port) != nil
  }

  /// The endpoint that was bound or connected last, with the port in digits.
  package borrowing func lastEndpoint() throws(ZeroMQError) -> String {
    var text = [CChar](repeating: 0, count: 1_024)
    var byteCount = text.count
    guard unsafe zmq_getsockopt(handle.pointer, ZMQ_LAST_ENDPOINT, &text, &byteCount) == 0 else {
      throw .last("read the endpoint")
    }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Sends one message of one or more frames, whole or not at all. A router's first frame is the peer's routing id.
  ///
  /// Without `blocking` the answer comes at once; with it, `wouldBlock` does not occur. The bytes are copied.
  /// - Throws: `ZeroMQError` for anything other than a full queue or an unknown peer.
  package borrowing func send(_ frames: [[UInt8]], blocking: Bool = false) throws(ZeroMQError) -> Outcome {
    var outcome = Outcome.sent
    for (index, frame) in frames.enumerated() {
      let more = index + 1 < frames.count
      switch try send(frame.span, more: more, blocking: blocking) {
      case .sent: continue
      case let failure:
        // A first frame that is refused leaves nothing behind. Where the connection breaks inside a message, libzmq drops frames
        // up to the last one of it: they must still be given, or the next message would be taken for them.
        outcome = failure
        if index == 0 { return outcome }
      }
    }
    return outcome
  }

  /// Sends one message of three frames without waiting, whole or not at all, and without memory beside libzmq's own.
  /// - Throws: `ZeroMQError` for anything other than a full queue or an unknown peer.
  package borrowing func send(
    _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
  ) throws(ZeroMQError) -> Outcome {
    let begun = try send(first, more: true, blocking: false)
    guard begun == .sent else { return begun }
    // Given to the last, as above.
    let middle = try send(second, more: true, blocking: false)
    let end = try send(third, more: false, blocking: false)
    return middle == .sent ? end : middle
  }

  /// Sends one frame; `more` says that further frames of the same message follow.
  /// - Throws: `ZeroMQError` for anything other than a full queue or an unknown peer.
  package borrowing func send(_ frame: Span<UInt8>, more: Bool, blocking: Bool) throws(ZeroMQError) -> Outcome {
    let flags = (more ? ZMQ_SNDMORE : 0) | (blocking ? 0 : ZMQ_DONTWAIT)
    while true {
      let result = unsafe frame.withUnsafeBytes { unsafe zmq_send(handle.pointer, $0.baseAddress, $0.count, flags) }
      if result >= 0 { return .sent }
      switch zmq_errno() {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case EHOSTUNREACH: return .unroutable
      default: throw .last("send")
      }
    }
  }

  /// Receives one frame into `message`; false where none is there and `blocking` is off, or where a signal came first.
  /// - Throws: `ZeroMQError`.
  package borrowing func receive(into message: inout Message, blocking: Bool = false) throws(ZeroMQError) -> Bool {
    if unsafe message.receive(from: handle.pointer, flags: blocking ? 0 : ZMQ_DONTWAIT) >= 0 { return true }
    switch zmq_errno() {
    case EAGAIN, EINTR: return false
    default: throw .last("receive")
    }
  }
}

/// The owner of the C handle, shared by the socket and the pollers that watch it.
@safe
final class SocketHandle {
  let pointer: UnsafeMutableRawPointer
  /// Kept so that the context ends after its sockets.
  private let context: ContextHandle

  init(_ kind: Int32, in context: ContextHandle) throws(ZeroMQError) {
    guard let pointer = unsafe zmq_socket(context.pointer, kind) else { throw .last("make a socket") }
    unsafe self.pointer = pointer
    self.context = context
  }

  deinit {
    unsafe zmq_close(pointer)
  }
}
