import Reports
import Wire
import ZeroMQ

/// The DEALER of a producer: whole messages of the protocol in and out, never blocking but in `wait`.
struct Link: ~Copyable {
  private let socket: Socket
  private var head = Message()
  private var header = Message()
  private var body = Message()
  /// Whether the socket took the last message it was given, which it does only while it is connected.
  private(set) var isConnected = false

  private init(_ socket: consuming Socket) { self.socket = socket }

  /// Begins to connect.
  static func connecting(to endpoint: String, _ credentials: CurveCredentials?) throws(ProducerError) -> Link {
    do {
      // The socket keeps its context alive.
      return Link(try dealer(in: Context(), connectingTo: endpoint, credentials))
    } catch {
      throw .zeroMQ(error)
    }
  }

  private static func dealer(
    in context: borrowing Context, connectingTo endpoint: String, _ credentials: CurveCredentials?
  ) throws(ZeroMQError) -> Socket {
    let socket = try Socket(.dealer, in: context)
    // Long enough for BYE, short enough for a command that is interrupted.
    try socket.setLinger(milliseconds: 500)
    try socket.setImmediate(true)
    try socket.setReconnectInterval(milliseconds: 50, maximumMilliseconds: 1_000)
    try socket.setMaximumMessage(byteCount: Int64(Limits.headerByteCount))
    try socket.setKeepalive(true)
    if let credentials { try socket.setCurveClient(credentials) }
    try socket.connect(to: endpoint)
    return socket
  }

  /// The next message that has come, nil where there is none.
  mutating func receive() throws(ProducerError) -> WireMessage? {
    let frameCount: Int
    do {
      guard try socket.receive(into: &head) else { return nil }
      frameCount = try receiveRest()
    } catch {
      throw .zeroMQ(error)
    }
    isConnected = true
    do {
      return try WireMessage(decoding: head.bytes, header: header.bytes, body: body.bytes, frameCount: frameCount)
    } catch {
      throw .unintelligible(error)
    }
  }

  /// Receives the frames after the first and returns how many there are with it. The frames of a message arrive together, so that
  /// waiting for them only means to begin again after a signal.
  private mutating func receiveRest() throws(ZeroMQError) -> Int {
    guard head.hasMore else { return 1 }
    while try !socket.receive(into: &header, blocking: true) {}
    guard header.hasMore else { return 2 }
    var count = 2
    repeat {
      while try !socket.receive(into: &body, blocking: true) {}
      count += 1
    } while body.hasMore
    return count
  }

  /// Hands a message to the socket; false where it takes none now.
  mutating func send(_ outgoing: BatchSender.Outgoing) throws(ProducerError) -> Bool {
    do {
      isConnected = try socket.send(outgoing.message.frames + (outgoing.body.map { [$0] } ?? [])) == .sent
    } catch {
      throw .zeroMQ(error)
    }
    return isConnected
  }

  /// Waits until a message has come, the socket takes messages where `forWriting`, the file descriptor is readable, or the time
  /// is over. Returns whether the file descriptor is readable, or closed or broken, which is for its reader to find out.
  borrowing func wait(milliseconds: Int?, forWriting: Bool, fileDescriptor: Int32?) throws(ProducerError) -> Bool {
    var poller = Poller()
    _ = poller.add(socket, for: forWriting ? [.readable, .writable] : .readable)
    let index = fileDescriptor.map { poller.add(fileDescriptor: $0, for: .readable) }
    do {
      _ = try poller.wait(milliseconds: milliseconds)
    } catch {
      throw .zeroMQ(error)
    }
    return index.map { !poller.ready(at: $0).isEmpty } ?? false
  }
}
