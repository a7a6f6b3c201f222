import CZeroMQ

/// A call to libzmq that failed: what was tried, where, and what can be done about it.
package struct ZeroMQError: Error, Equatable, Sendable {
  /// What was tried, as a verb: "bind", "connect", "send".
  package let operation: String
  /// The address, where the operation has one.
  package let endpoint: String?
  /// The C error number.
  package let number: Int32

  package init(operation: String, endpoint: String? = nil, number: Int32) {
    self.operation = operation
    self.endpoint = endpoint
    self.number = number
  }

  /// The error that libzmq has just left behind on this thread.
  static func last(_ operation: String, endpoint: String? = nil) -> ZeroMQError {
    ZeroMQError(operation: operation, endpoint: endpoint, number: zmq_errno())
  }
}

extension ZeroMQError: CustomStringConvertible {
  package var description: String {
    let place = endpoint ?? "the socket"
    switch number {
    case EADDRINUSE:
      return "port in use: \(place), choose another with --endpoint or stop the process that holds it"
    case EACCES:
      return "no permission to \(operation) \(place): ports below 1024 belong to root, choose a higher one with --endpoint"
    case EADDRNOTAVAIL, ENODEV:
      return "cannot \(operation) \(place): this machine has no such address, check --endpoint"
    case EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO:
      return "cannot \(operation) \(place): \(text), expected an endpoint such as tcp://127.0.0.1:5555"
    case EMFILE, ENFILE:
      return "cannot \(operation): \(text), raise the limit of open files (ulimit -n)"
    default:
      return endpoint.map { "cannot \(operation) \($0): \(text)" } ?? "cannot \(operation): \(text)"
    }
  }

  private var text: String {
    guard let text = unsafe zmq_strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}
