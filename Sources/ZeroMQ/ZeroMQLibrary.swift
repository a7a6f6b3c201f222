import CZeroMQ

/// The libzmq that this program runs on.
package enum ZeroMQLibrary {
  /// As `4.3.4`.
  package static var version: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    unsafe zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }
}
