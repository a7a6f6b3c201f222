import CZeroMQ

/// Answers libzmq's question who a peer is (ZAP, ZeroMQ RFC 27): a key that is known gets in and is called by itself, any other
/// is refused. It belongs to one thread, and is made before the socket that it answers for is bound.
@safe
package struct Authenticator: ~Copyable {
  /// One that was refused.
  package struct Refusal: Equatable, Sendable {
    /// Nil where it showed none.
    package var key: CurveKey?
    /// The peer's address, without the port.
    package var address: String
  }

  /// Whom it lets in.
  package enum Rule: Sendable {
    /// Those whose keys it knows.
    case known
    /// Nobody is asked: for endpoints without keys.
    case unasked
    /// Everybody: never outside of a test that others notice it.
    case everybody
  }

  /// For a `Poller`.
  package let socket: Socket
  /// Those who get in.
  package var keys: Set<CurveKey> = []
  private let domain: String
  private let rule: Rule
  private var message = Message()

  /// Binds the one endpoint that libzmq asks at, in this context.
  package init(domain: String, rule: Rule = .known, in context: borrowing Context) throws(ZeroMQError) {
    let socket = try Socket(.reply, in: context)
    try socket.setLinger(milliseconds: 0)
    if rule != .unasked { try socket.bind(to: "inproc://zeromq.zap.01") }
    self.socket = socket
    self.domain = domain
    self.rule = rule
  }

  /// Answers the next question; nil where there is none.
  ///
  /// - Returns: The refusal, or `.some(nil)` where the peer got in.
  package mutating func answer() throws(ZeroMQError) -> Refusal?? {
    var frames: [[UInt8]] = []
    guard try socket.receive(into: &message) else { return nil }
    while true {
      // Version, request, domain, address, routing id, mechanism, credentials.
      if frames.count < 8 { frames.append(message.copy) }
      guard message.hasMore, try socket.receive(into: &message) else { break }
    }
    let credentials = frames.count == 7 ? frames[6] : []
    let key = CurveKey(credentials.span)
    let isAsked =
      frames.count == 7 && frames[0] == Array("1.0".utf8) && frames[2] == Array(domain.utf8) && frames[5] == Array("CURVE".utf8)
    let known = isAsked ? key.flatMap { keys.contains($0) || rule == .everybody ? $0 : nil } : nil
    let request = frames.count > 1 ? frames[1] : []
    let said = known == nil ? ["400", "unknown key", ""] : ["200", "OK", known?.description ?? ""]
    _ = try socket.send([Array("1.0".utf8), request] + said.map { Array($0.utf8) } + [[]])
    guard known == nil else { return .some(nil) }
    let address = frames.count > 3 ? String(decoding: frames[3], as: UTF8.self) : ""
    return .some(Refusal(key: key, address: address))
  }
}
