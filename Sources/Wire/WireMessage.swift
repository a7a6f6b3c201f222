/// Any message of the protocol, decoded. The body of a PUT stays outside.
package enum WireMessage: Equatable, Sendable {
  case hello(Hello)
  case welcome(Welcome)
  case put(Put)
  case ack(Ack)
  /// Milliseconds to wait before the batch is sent again.
  case busy(retryMilliseconds: UInt64)
  case ping
  /// The aggregator tells the credit anew, so that a producer that waits for credit cannot miss it.
  case pong(Credit?)
  case bye
  case error(WireError)

  package var verb: Verb {
    switch self {
    case .hello: .hello
    case .welcome: .welcome
    case .put: .put
    case .ack: .ack
    case .busy: .busy
    case .ping: .ping
    case .pong: .pong
    case .bye: .bye
    case .error: .error
    }
  }

  /// Decodes the frames of one message, a router's routing id left out. `frameCount` is how many came; frames that did not come
  /// are given as empty, frames past the third are not given.
  ///
  /// A PUT is returned only where its body is within the limits and has the right checksum.
  /// - Throws: the `WireError` to answer with.
  /// - Complexity: O(bytes).
  package init(
    decoding head: Span<UInt8>, header: Span<UInt8>, body: Span<UInt8>, frameCount: Int
  ) throws(WireError) {
    guard frameCount > 0 else { throw WireError(.malformedFrames, "a message without frames") }
    let verb = try FrameHeader(decoding: head).verb
    let expected = verb == .put ? 3 : 2
    guard frameCount == expected else {
      let name = "\(verb)".uppercased()
      throw WireError(.malformedFrames, "\(name): \(frameCount) frames, expected \(expected)")
    }
    if verb == .put, let put = PutScanner.scan(header) {
      try put.check(body)
      self = .put(put)
      return
    }
    let reader = try HeaderReader(header, verb: verb)
    switch verb {
    case .hello: self = .hello(try Hello(decoding: reader))
    case .welcome: self = .welcome(try Welcome(decoding: reader))
    case .put: self = .put(try Put(decoding: reader, body: body))
    case .ack: self = .ack(try Ack(decoding: reader))
    case .busy: self = .busy(retryMilliseconds: try reader.unsigned("retryMilliseconds", in: WireLimits.retryMilliseconds))
    case .ping: self = .ping
    case .pong: self = .pong(try reader.has("credit") ? Credit(decoding: reader.object("credit")) : nil)
    case .bye: self = .bye
    case .error: self = .error(try WireError(decoding: reader))
    }
  }

  /// The first two frames; a PUT's body is to be sent as the third.
  package var frames: [[UInt8]] {
    var writer = FrameWriter()
    writer.write(self)
    return [writer.head, writer.header]
  }
}
