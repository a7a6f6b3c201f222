import Platform
import Reports
import Wire
import ZeroMQ

/// The DEALER of a producer: whole messages of the protocol in and out, never blocking but in `wait`.
///
/// A connection that broke is left with its socket: what ZeroMQ holds for it is not sent into another session. `ZMQ_IMMEDIATE`
/// would do the same, but takes away a message of which one frame was read already, and the process with it (libzmq 4.3.4).
struct Link: Carrier, ~Copyable {
  /// One socket and what tells of its connection.
  private struct Line: ~Copyable {
    var monitor: SocketMonitor
    let socket: Socket
  }

  private static let reconnectMilliseconds: ClosedRange<UInt64> = 50...1_000

  private let context: Context
  private let endpoint: String
  private let credentials: CurveCredentials?
  private var line: Line
  private var lineCount = 1
  private var head = Message()
  private var header = Message()
  private var body = Message()
  /// Whether somebody is there who speaks ZeroMQ and has let it in.
  private(set) var isConnected = false
  /// When a broken line is replaced; nil while it is whole, or libzmq tries by itself.
  private var reconnectAt: UInt64?
  private var reconnectWait = Link.reconnectMilliseconds.lowerBound

  /// Begins to connect.
  init(to endpoint: String, _ credentials: CurveCredentials?) throws(ProducerError) {
    do {
      let context = try Context()
      line = try Self.line(in: context, number: 0, to: endpoint, credentials)
      self.context = context
    } catch {
      throw .zeroMQ(error)
    }
    self.endpoint = endpoint
    self.credentials = credentials
  }

  private static func line(
    in context: borrowing Context, number: Int, to endpoint: String, _ credentials: CurveCredentials?
  ) throws(ZeroMQError) -> Line {
    let socket = try Socket(.dealer, in: context)
    // Long enough for BYE, short enough for a command that is interrupted.
    try socket.setLinger(milliseconds: 500)
    try socket.setReconnectInterval(
      milliseconds: Int32(reconnectMilliseconds.lowerBound), maximumMilliseconds: Int32(reconnectMilliseconds.upperBound))
    try socket.setMaximumMessage(byteCount: Int64(Limits.headerByteCount))
    try socket.setKeepalive(true)
    if let credentials { try socket.setCurveClient(credentials) }
    let monitor = try SocketMonitor(socket, name: "\(number)", in: context)
    try socket.connect(to: endpoint)
    return Line(monitor: monitor, socket: socket)
  }

  /// Hears what has become of the connection, once all that came through it was received.
  private mutating func listen() throws(ZeroMQError) {
    while let event = try line.monitor.next() {
      switch event {
      case .authenticated:
        isConnected = true
        reconnectWait = Self.reconnectMilliseconds.lowerBound
      case .disconnected, .failed: breakOff()
      case .accepted: break
      }
    }
    guard let due = reconnectAt, Clock.monotonicNanoseconds() >= due else { return }
    reconnectAt = nil
    try line.socket.setLinger(milliseconds: 0)
    line = try Self.line(in: context, number: lineCount, to: endpoint, credentials)
    lineCount += 1
  }

  private mutating func breakOff() {
    isConnected = false
    guard reconnectAt == nil else { return }
    reconnectAt = Clock.monotonicNanoseconds() + reconnectWait * 1_000_000
    reconnectWait = min(2 * reconnectWait, Self.reconnectMilliseconds.upperBound)
  }

  /// The next message that has come, nil where there is none.
  mutating func receive() throws(ProducerError) -> WireMessage? {
    let frameCount: Int
    do {
      if reconnectAt == nil, try line.socket.receive(into: &head) {
        frameCount = try receiveRest()
      } else {
        try listen()
        return nil
      }
    } catch {
      throw .zeroMQ(error)
    }
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
    while try !line.socket.receive(into: &header, blocking: true) {}
    guard header.hasMore else { return 2 }
    var count = 2
    repeat {
      while try !line.socket.receive(into: &body, blocking: true) {}
      count += 1
    } while body.hasMore
    return count
  }

  /// Hands a message to the socket; false where there is no connection or its queue is full.
  mutating func send(_ outgoing: BatchSender.Outgoing) throws(ProducerError) -> Bool {
    guard isConnected else { return false }
    do {
      return try line.socket.send(outgoing.message.frames + (outgoing.body.map { [$0] } ?? [])) == .sent
    } catch {
      throw .zeroMQ(error)
    }
  }

  /// Waits until a message has come, the connection has changed, the socket takes messages where `forWriting`, the file descriptor
  /// is readable, or the time is over. Returns whether the file descriptor is readable, or closed or broken, which is for its
  /// reader to find out.
  borrowing func wait(milliseconds: Int?, forWriting: Bool, fileDescriptor: Int32?) throws(ProducerError) -> Bool {
    var poller = Poller()
    _ = poller.add(line.socket, for: forWriting && isConnected ? [.readable, .writable] : .readable)
    _ = poller.add(line.monitor.socket, for: .readable)
    let index = fileDescriptor.map { poller.add(fileDescriptor: $0, for: .readable) }
    var milliseconds = milliseconds
    if let reconnectAt {
      let now = Clock.monotonicNanoseconds()
      let left = reconnectAt <= now ? 0 : Int((reconnectAt - now + 999_999) / 1_000_000)
      milliseconds = min(milliseconds ?? left, left)
    }
    do {
      _ = try poller.wait(milliseconds: milliseconds)
    } catch {
      throw .zeroMQ(error)
    }
    return index.map { !poller.ready(at: $0).isEmpty } ?? false
  }
}
