import CZeroMQ

/// Options, each set before `bind` or `connect`.
extension Socket {
  /// How long closing waits for messages that are queued; nil waits for ever.
  package borrowing func setLinger(milliseconds: Int32?) throws(ZeroMQError) {
    try set(ZMQ_LINGER, milliseconds ?? -1)
  }

  /// The longest frame that is taken; a peer that sends a longer one is disconnected.
  package borrowing func setMaximumMessage(byteCount: Int64) throws(ZeroMQError) {
    var value = byteCount
    let size = MemoryLayout<Int64>.size
    guard unsafe zmq_setsockopt(handle.pointer, ZMQ_MAXMSGSIZE, &value, size) == 0 else { throw .last("set an option") }
  }

  /// Messages that may be queued to one peer; 0 is without bound.
  package borrowing func setSendHighWaterMark(messageCount: Int32) throws(ZeroMQError) {
    try set(ZMQ_SNDHWM, messageCount)
  }

  /// Messages that may be queued from one peer; 0 is without bound.
  package borrowing func setReceiveHighWaterMark(messageCount: Int32) throws(ZeroMQError) {
    try set(ZMQ_RCVHWM, messageCount)
  }

  /// Whether a router says that a peer is unknown instead of dropping the message.
  package borrowing func setRouterMandatory(_ isMandatory: Bool) throws(ZeroMQError) {
    try set(ZMQ_ROUTER_MANDATORY, isMandatory ? 1 : 0)
  }

  /// Whether messages are queued only to connections that are complete.
  package borrowing func setImmediate(_ isImmediate: Bool) throws(ZeroMQError) {
    try set(ZMQ_IMMEDIATE, isImmediate ? 1 : 0)
  }

  /// How long to wait before connecting again; the wait doubles up to the maximum.
  package borrowing func setReconnectInterval(milliseconds: Int32, maximumMilliseconds: Int32) throws(ZeroMQError) {
    try set(ZMQ_RECONNECT_IVL, milliseconds)
    try set(ZMQ_RECONNECT_IVL_MAX, maximumMilliseconds)
  }

  /// The interval of ZeroMQ's own heartbeats; 0 turns them off, for protocols that have their own.
  package borrowing func setHeartbeat(milliseconds: Int32) throws(ZeroMQError) {
    try set(ZMQ_HEARTBEAT_IVL, milliseconds)
  }

  /// Whether the kernel probes idle TCP connections, so that a peer that vanished is found.
  package borrowing func setKeepalive(_ isOn: Bool) throws(ZeroMQError) {
    try set(ZMQ_TCP_KEEPALIVE, isOn ? 1 : 0)
  }

  /// How long a peer may take to say who it is.
  package borrowing func setHandshakeInterval(milliseconds: Int32) throws(ZeroMQError) {
    try set(ZMQ_HANDSHAKE_IVL, milliseconds)
  }

  borrowing func set(_ option: Int32, _ value: Int32) throws(ZeroMQError) {
    var value = value
    let size = MemoryLayout<Int32>.size
    guard unsafe zmq_setsockopt(handle.pointer, option, &value, size) == 0 else { throw .last("set an option") }
  }
}
