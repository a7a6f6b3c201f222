import CZeroMQ
import Glibc

/// Single connections, of which libzmq 4.3.4 has no notion.
extension Socket {
  /// Ends a connection by its file descriptor; libzmq then sees the peer leave. Nothing happens where it is gone already.
  ///
  /// The number may meanwhile be that of another connection, which is then made again by its peer; of a file it is not touched.
  package static func hangUp(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
