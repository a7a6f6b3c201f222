import CZeroMQ

/// A ZeroMQ context: the I/O thread that sockets share.
///
/// It ends once it and every socket made from it are gone, in any order; pending messages are then waited for as long as each
/// socket's linger says. A context may be used from several threads, unlike a socket.
@safe
package struct Context: ~Copyable, Sendable {
  let handle: ContextHandle

  /// Starts a context.
  /// - Throws: `ZeroMQError` where the process has no file descriptors or memory left.
  package init() throws(ZeroMQError) {
    handle = try ContextHandle()
  }
}

/// The owner of the C handle, shared by the context and its sockets so that it outlives them all.
///
/// libzmq allows a context's use from any thread, hence `@unchecked Sendable`.
@safe
final class ContextHandle: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer

  init() throws(ZeroMQError) {
    guard let pointer = unsafe zmq_ctx_new() else { throw .last("start ZeroMQ") }
    unsafe self.pointer = pointer
  }

  deinit {
    // A signal may interrupt the wait for lingering messages.
    while unsafe zmq_ctx_term(pointer) != 0 && zmq_errno() == EINTR {}
  }
}
