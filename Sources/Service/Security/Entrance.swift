import Configuration
import Platform
import Reports
package import Wire
package import ZeroMQ

/// The ROUTER that producers connect to, with whoever asks them who they are and whoever counts those who fail to say it.
///
/// Where there is a secret key, it opens only after it has seen itself refuse a stranger. It belongs to one thread.
package struct Entrance: Transport, ~Copyable {
  /// What tests take away to see that the opening is then refused.
  package enum Weakness: Sendable {
    case none
    /// Nobody answers libzmq's questions, and nothing says that somebody must.
    case nobodyAsks
    /// Whoever is asked lets everybody in.
    case everybodyIsKnown
  }

  private static let domain = "tocsin"

  let router: Socket
  var monitor: SocketMonitor
  var authenticator: Authenticator
  private var writer = FrameWriter()
  /// Where it listens, with the port in digits.
  package let endpoint: String
  /// The key that producers must know; nil where everybody gets in.
  package let publicKey: CurveKey?

  /// Opens an endpoint.
  ///
  /// - Parameter keys: those who get in; nobody else where `secretKeys` is given.
  /// - Throws: `ServiceError` where the port is in use, the address not on this machine or not this machine's alone without keys,
  ///   or where a stranger gets in.
  package init(
    endpoint: String, secretKeys: CurveKeyPair?, keys: Set<CurveKey>, weakness: Weakness = .none
  ) throws(ServiceError) {
    if secretKeys == nil { try Self.requireLoopback(endpoint) }
    let context = try ServiceError.wrapping { try Context() }
    let isAsked = secretKeys != nil && weakness != .nobodyAsks
    let rule: Authenticator.Rule = !isAsked ? .unasked : weakness == .everybodyIsKnown ? .everybody : .known
    // Before the router: between the two nobody would be asked.
    var authenticator = try ServiceError.wrapping { try Authenticator(domain: Self.domain, rule: rule, in: context) }
    let router = try ServiceError.wrapping { try Self.router(in: context) }
    if let secretKeys {
      try ServiceError.wrapping {
        try router.setCurveServer(secretKeys)
        if isAsked {
          try router.setDomain(Self.domain)
          try router.enforceDomain()
        }
      }
    }
    var monitor = try ServiceError.wrapping { try SocketMonitor(router, name: "router", in: context) }
    if let secretKeys {
      try SelfTest.run(serverKey: secretKeys.publicKey, router: router, monitor: &monitor, authenticator: &authenticator)
    }
    authenticator.keys = keys
    let bound = try ServiceError.wrapping {
      try router.bind(to: endpoint)
      return try router.lastEndpoint()
    }
    self.router = router
    self.monitor = monitor
    self.authenticator = authenticator
    self.endpoint = bound
    publicKey = secretKeys?.publicKey
  }

  package mutating func receive(into receiver: inout FrameReceiver) throws(ZeroMQError) -> Bool {
    try receiver.receive(from: router)
  }

  package mutating func send(_ message: WireMessage, to route: [UInt8]) throws(ZeroMQError) -> Socket.Outcome {
    writer.write(message)
    return try router.send(route.span, writer.head.span, writer.header.span)
  }

  package func hangUp(_ connection: Int32) { Socket.hangUp(connection) }

  private static func router(in context: borrowing Context) throws(ZeroMQError) -> Socket {
    let socket = try Socket(.router, in: context)
    try socket.setRouterMandatory(true)
    try socket.setMaximumMessage(byteCount: Int64(Limits.batchByteCount))
    // Of one peer: what libzmq may hold before the peer's own sending stops, and before its session is given up.
    try socket.setReceiveHighWaterMark(messageCount: Int32(Limits.peerInputMessageCount))
    try socket.setSendHighWaterMark(messageCount: Int32(Limits.peerOutputMessageCount))
    try socket.setHandshakeInterval(milliseconds: 5_000)
    try socket.setKeepalive(true)
    try socket.setLinger(milliseconds: 1_000)
    return socket
  }

  private static func requireLoopback(_ endpoint: String) throws(ServiceError) {
    let isLocal = ["tcp://127.", "ipc://"].contains { endpoint.hasPrefix($0) }
    guard isLocal else {
      throw ServiceError(
        "\(endpoint): only loopback (tcp://127.…) and ipc:// endpoints are served without keys, for nobody is asked who they are; "
          + "use tcp://127.0.0.1:PORT, or set up keys as docs/security.md says")
    }
  }
}
