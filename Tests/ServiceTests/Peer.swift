import Wire
import ZeroMQ

/// A peer that speaks the protocol by hand, well or badly.
struct Peer: ~Copyable {
  let context: Context
  let socket: Socket

  init(_ endpoint: String, _ credentials: CurveCredentials? = nil) throws {
    let context = try Context()
    let socket = try Socket(.dealer, in: context)
    try socket.setLinger(milliseconds: 0)
    if let credentials { try socket.setCurveClient(credentials) }
    try socket.connect(to: endpoint)
    self.context = context
    self.socket = socket
  }

  /// Sends frames and gives the next answer; nil after a time of silence.
  func ask(_ frames: [[UInt8]], milliseconds: Int = 3_000) throws -> WireMessage? {
    _ = try socket.send(frames, blocking: true)
    return try next(milliseconds: milliseconds)
  }

  /// The next answer, read by the protocol's own decoder; nil after a time of silence.
  func next(milliseconds: Int = 3_000) throws -> WireMessage? {
    var poller = Poller()
    let index = poller.add(socket, for: .readable)
    guard try poller.wait(milliseconds: milliseconds) > 0, poller.ready(at: index).contains(.readable) else { return nil }
    var answer: [[UInt8]] = []
    var message = Message()
    repeat {
      guard try socket.receive(into: &message, blocking: true) else { break }
      let bytes = message.bytes
      answer.append(bytes.indices.map { bytes[$0] })
    } while message.hasMore
    let frameCount = answer.count
    answer += [[], []]
    let (head, header, body) = (answer[0], answer[1], [UInt8]())
    return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frameCount)
  }
}
