/// Writes the frames of messages, one message after the other in the same memory.
package struct FrameWriter {
  /// The first frame of the message that was written last.
  package private(set) var head: [UInt8] = []
  private var headerWriter = HeaderWriter()

  package init() {}

  /// Its second frame. A PUT's body is to be sent as the third.
  package var header: [UInt8] { headerWriter.bytes }

  /// Writes a message in the place of the one before.
  ///
  /// - Complexity: O(bytes); no memory is asked for where a longer one was written before.
  package mutating func write(_ message: WireMessage) {
    head.removeAll(keepingCapacity: true)
    FrameHeader(message.verb).append(to: &head)
    headerWriter.begin()
    switch message {
    case .hello(let hello): hello.encode(to: &headerWriter)
    case .welcome(let welcome): welcome.encode(to: &headerWriter)
    case .put(let put): put.encode(to: &headerWriter)
    case .ack(let ack): ack.encode(to: &headerWriter)
    case .busy(let retryMilliseconds): headerWriter.member("retryMilliseconds", retryMilliseconds)
    case .pong(let credit?): headerWriter.object("credit") { credit.encode(to: &$0) }
    case .error(let error): error.encode(to: &headerWriter)
    case .ping, .pong(nil), .bye: break
    }
    headerWriter.end()
  }
}
