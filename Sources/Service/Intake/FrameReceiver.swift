import Decode
import Reports
package import Wire
package import ZeroMQ

/// Receives one message of a ROUTER: the routing id and up to three frames; further ones are counted and let go.
package struct FrameReceiver: ~Copyable {
  private var routeFrame = Message()
  private var head = Message()
  private var header = Message()
  private var bodyFrame = Message()
  private var extra = Message()
  private var frameCount = 0
  /// The connection's file descriptor.
  private(set) var connection: Int32?

  package init() {}

  /// The routing id that answers go to.
  private(set) var route: [UInt8] = []

  /// The key that the peer has proven to hold; nil where the endpoint asks nobody.
  var key: CurveKey? { frameCount > 0 ? head.userID.flatMap { CurveKey($0) } : nil }

  var bodyByteCount: Int { frameCount > 2 ? bodyFrame.byteCount : 0 }

  /// Takes the next message; false where none is there.
  package mutating func receive(from socket: borrowing Socket) throws(ZeroMQError) -> Bool {
    // What an earlier message has left in frames that this one does not have is not looked at.
    frameCount = 0
    guard try socket.receive(into: &routeFrame) else { return false }
    var hasMore = routeFrame.hasMore
    while hasMore {
      // The frames of a message arrive together: none can be missing now.
      switch frameCount {
      case 0: hasMore = try socket.receive(into: &head) && head.hasMore
      case 1: hasMore = try socket.receive(into: &header) && header.hasMore
      case 2: hasMore = try socket.receive(into: &bodyFrame) && bodyFrame.hasMore
      default: hasMore = try socket.receive(into: &extra) && extra.hasMore
      }
      frameCount += 1
    }
    connection = frameCount > 0 ? head.connection : nil
    // Most often the next message comes from where the last one came.
    if !routeFrame.holds(route) { route = routeFrame.copy }
    return true
  }

  /// Takes a message that came by another way than a socket: its frames, at most three, without the route.
  package mutating func take(_ frames: [[UInt8]], route: [UInt8], connection: Int32) {
    self.route = route
    head = Message(copying: frames.first ?? [])
    header = Message(copying: frames.count > 1 ? frames[1] : [])
    bodyFrame = Message(copying: frames.count > 2 ? frames[2] : [])
    frameCount = frames.count
    self.connection = connection
  }

  /// Decodes the events of the third frame, in place.
  func decodeBody(
    with decoder: inout Decoder, _ mediaType: MediaType, expectedCount: Int, scope: SourceScope,
    into batch: inout ReportBatch
  ) throws(DecodeError) {
    try decoder.decode(
      bodyFrame.bytes, format: mediaType, expectedCount: expectedCount, scope: scope, into: &batch)
  }

  /// The message; its body stays here.
  package func decode() throws(WireError) -> WireMessage {
    let none = Span<UInt8>()
    switch frameCount {
    case 0: return try WireMessage(decoding: none, header: none, body: none, frameCount: 0)
    case 1: return try WireMessage(decoding: head.bytes, header: none, body: none, frameCount: 1)
    case 2: return try WireMessage(decoding: head.bytes, header: header.bytes, body: none, frameCount: 2)
    default: return try WireMessage(decoding: head.bytes, header: header.bytes, body: bodyFrame.bytes, frameCount: frameCount)
    }
  }
}
