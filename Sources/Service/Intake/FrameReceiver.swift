import Decode
import Reports
import Wire
import ZeroMQ

/// Receives one message of a ROUTER: the routing id and up to three frames; further ones are counted and let go.
struct FrameReceiver: ~Copyable {
  private var routeFrame = Message()
  private var head = Message()
  private var header = Message()
  private var bodyFrame = Message()
  private var extra = Message()
  private var frameCount = 0

  /// The routing id that answers go to.
  var route: [UInt8] { routeFrame.copy }

  /// The key that the peer has proven to hold; nil where the endpoint asks nobody.
  var key: CurveKey? { head.userID.flatMap { CurveKey($0) } }

  /// The connection's file descriptor.
  var connection: Int32? { head.connection }

  var bodyByteCount: Int { bodyFrame.byteCount }

  /// Takes the next message; false where none is there.
  mutating func receive(from socket: borrowing Socket) throws(ZeroMQError) -> Bool {
    frameCount = 0
    head = Message()
    header = Message()
    bodyFrame = Message()
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
    return true
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
  func decode() throws(WireError) -> WireMessage {
    try WireMessage(decoding: head.bytes, header: header.bytes, body: bodyFrame.bytes, frameCount: frameCount)
  }
}
