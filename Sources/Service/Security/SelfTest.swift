import Platform
import ZeroMQ

/// Knocks at an entrance before the public does: a stranger's key and a peer without one must be refused, a known key must not.
///
/// libzmq lets everybody in where nobody answers for a socket's domain; this is what notices, whatever the reason.
enum SelfTest {
  /// How long one knock may take.
  private static let patienceMilliseconds: UInt64 = 5_000

  private enum Outcome: Equatable {
    case entered(as: CurveKey?)
    case refused(SocketMonitor.Failure)
    case silence
  }

  /// Runs it on an endpoint of its own, which nobody else knows of and which is closed again.
  ///
  /// - Throws: `ServiceError` where anything but the expected comes of it.
  static func run(
    serverKey: CurveKey, router: borrowing Socket, monitor: inout SocketMonitor, authenticator: inout Authenticator
  ) throws(ServiceError) {
    let number = try ServiceError.wrapping { try SecureRandom.integer() }
    let endpoint = "ipc://@tocsin-self-test-\(String(number, radix: 36))"
    try ServiceError.wrapping { try router.bind(to: endpoint) }
    let stranger = try ServiceError.wrapping { try CurveKeyPair.generate() }
    let friend = try ServiceError.wrapping { try CurveKeyPair.generate() }
    // The plain one first: whichever side sees the difference first hangs up, so that any failure will do, also one left over.
    let knocks: [(who: String, keys: CurveKeyPair?, isExpected: (Outcome) -> Bool)] = [
      ("a peer without a key", nil, { if case .refused = $0 { true } else { false } }),
      ("a random key", stranger, { if case .refused(.refused) = $0 { true } else { false } }),
      ("a key that it knows", friend, { $0 == .entered(as: friend.publicKey) }),
    ]
    authenticator.keys = [friend.publicKey]
    for knock in knocks {
      let credentials = knock.keys.map { CurveCredentials(keys: $0, serverKey: serverKey) }
      let outcome = try ServiceError.wrapping {
        try Self.knock(at: endpoint, credentials, router, &monitor, &authenticator, until: knock.isExpected)
      }
      guard knock.isExpected(outcome) else { throw ServiceError(complaint(knock.who, outcome)) }
    }
    authenticator.keys = []
    try ServiceError.wrapping { try router.unbind(from: endpoint) }
  }

  private static func complaint(_ who: String, _ outcome: Outcome) -> String {
    let what =
      switch outcome {
      case .entered: "\(who) got in"
      case .refused(let failure): "\(who) was refused (\(failure))"
      case .silence: "nothing came of \(who) within \(patienceMilliseconds / 1_000) s"
      }
    return
      "the endpoint stays closed, for its self-test failed: \(what); check that libzmq \(ZeroMQLibrary.version) is whole and has "
      + "CURVE (`tocsin doctor` names it)"
  }

  /// One connection that says something, and what comes of it: waits for what is expected or an entry.
  private static func knock(
    at endpoint: String, _ credentials: CurveCredentials?, _ router: borrowing Socket, _ monitor: inout SocketMonitor,
    _ authenticator: inout Authenticator, until isExpected: (Outcome) -> Bool
  ) throws -> Outcome {
    let context = try Context()
    let peer = try Socket(.dealer, in: context)
    try peer.setLinger(milliseconds: 0)
    if let credentials { try peer.setCurveClient(credentials) }
    try peer.connect(to: endpoint)
    _ = try peer.send([[0]])
    let deadline = Clock.monotonicNanoseconds() + patienceMilliseconds * 1_000_000
    var poller = Poller()
    _ = poller.add(router, for: .readable)
    _ = poller.add(monitor.socket, for: .readable)
    _ = poller.add(authenticator.socket, for: .readable)
    var message = Message()
    var outcome = Outcome.silence
    while Clock.monotonicNanoseconds() < deadline {
      _ = try poller.wait(milliseconds: 50)
      while try authenticator.answer() != nil {}
      if try router.receive(into: &message) {
        var key: CurveKey?
        repeat { key = message.userID.flatMap { CurveKey($0) } } while try message.hasMore && router.receive(into: &message)
        return .entered(as: key)
      }
      while let event = try monitor.next() {
        if case .failed(let failure) = event { outcome = .refused(failure) }
        if isExpected(outcome) { return outcome }
      }
    }
    return outcome
  }
}
