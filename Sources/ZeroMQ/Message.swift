import CZeroMQ

/// One received frame: owns the bytes that libzmq read and lends them without a copy.
///
/// Reuse one for many receives. The frame lives on the heap because libzmq keeps short data inside the structure itself, whose
/// address must then not change while it is borrowed.
@safe
package struct Message: ~Copyable {
  private let pointer: UnsafeMutablePointer<zmq_msg_t>

  /// An empty frame.
  package init() {
    unsafe pointer = .allocate(capacity: 1)
    unsafe zmq_msg_init(pointer)
  }

  /// A frame with a copy of bytes.
  package init(copying bytes: [UInt8]) {
    unsafe pointer = .allocate(capacity: 1)
    guard unsafe zmq_msg_init_size(pointer, bytes.count) == 0 else { preconditionFailure("no memory for a frame") }
    unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(pointer), count: bytes.count).copyBytes(from: bytes)
  }

  deinit {
    unsafe zmq_msg_close(pointer)
    unsafe pointer.deallocate()
  }

  /// The frame's bytes, borrowed.
  package var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get {
      let start = unsafe zmq_msg_data(pointer)
      let buffer = unsafe UnsafeRawBufferPointer(start: start, count: zmq_msg_size(pointer))
      let span = unsafe Span<UInt8>(_unsafeBytes: buffer)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// A copy of the frame's bytes.
  package var copy: [UInt8] {
    let bytes = bytes
    return bytes.indices.map { bytes[$0] }
  }

  /// Whether these are the frame's bytes.
  package func holds(_ other: [UInt8]) -> Bool {
    let bytes = bytes
    guard bytes.count == other.count else { return false }
    for index in other.indices where bytes[index] != other[index] { return false }
    return true
  }

  /// The number of bytes.
  package var byteCount: Int { unsafe zmq_msg_size(pointer) }

  /// Whether another frame of the same message follows.
  package var hasMore: Bool { unsafe zmq_msg_more(pointer) != 0 }

  /// Who the sender has proven to be: what the authenticator called it. Nil where nobody asked.
  package var userID: String? { property("User-Id") }

  /// The file descriptor of the connection that it came on; nil for one within the process.
  package var connection: Int32? {
    let descriptor = unsafe zmq_msg_get(pointer, ZMQ_SRCFD)
    return descriptor >= 0 ? descriptor : nil
  }

  private func property(_ name: String) -> String? {
    guard let text = unsafe zmq_msg_gets(pointer, name) else { return nil }
    return unsafe String(cString: text)
  }

  /// Receives into this frame, letting go of what it held.
  mutating func receive(from socket: UnsafeMutableRawPointer, flags: Int32) -> Int32 {
    unsafe zmq_msg_recv(pointer, socket, flags)
  }
}
