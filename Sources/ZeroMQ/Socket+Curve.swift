import CZeroMQ

/// CurveZMQ (ZeroMQ RFC 26): keys, each set before `bind` or `connect`.
extension Socket {
  /// Takes only peers that know this server's public key. Without `setDomain` *any* of them, whatever its own key.
  package borrowing func setCurveServer(_ keys: CurveKeyPair) throws(ZeroMQError) {
    try set(ZMQ_CURVE_SERVER, 1)
    try set(ZMQ_CURVE_SECRETKEY, keys.secretKeyText)
  }

  /// Speaks only to the server that holds the secret of `serverKey`, and proves to it to hold these keys.
  package borrowing func setCurveClient(_ credentials: CurveCredentials) throws(ZeroMQError) {
    try set(ZMQ_CURVE_SERVERKEY, credentials.serverKey.description)
    try set(ZMQ_CURVE_PUBLICKEY, credentials.keys.publicKey.description)
    try set(ZMQ_CURVE_SECRETKEY, credentials.keys.secretKeyText)
  }

  /// Asks the authenticator of this context about every peer, under this name, which must not be empty.
  package borrowing func setDomain(_ domain: String) throws(ZeroMQError) {
    precondition(!domain.isEmpty, "libzmq asks nobody about an empty domain")
    try set(ZMQ_ZAP_DOMAIN, domain)
  }

  /// Refuses everybody while there is no authenticator; otherwise everybody gets in then (libzmq 4.3.4).
  package borrowing func enforceDomain() throws(ZeroMQError) { try set(ZMQ_ZAP_ENFORCE_DOMAIN, 1) }

  private borrowing func set(_ option: Int32, _ text: String) throws(ZeroMQError) {
    guard unsafe zmq_setsockopt(handle.pointer, option, text, text.utf8.count) == 0 else { throw .last("set a key") }
  }
}
