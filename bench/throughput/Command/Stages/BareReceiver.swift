import CBench

/// libzmq's own ROUTER, which reads frames and does nothing with them: the floor of everything that comes over a socket.
@safe struct BareReceiver: ~Copyable {
  private let handle: OpaquePointer
  let endpoint: String

  init() throws(BenchFailure) {
    var text = [CChar](repeating: 0, count: 64)
    guard let handle = unsafe cbench_receiver_create(&text) else { throw BenchFailure("libzmq has no socket to bind") }
    unsafe self.handle = handle
    endpoint = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { unsafe cbench_receiver_destroy(handle) }

  /// Receives so many messages; the bytes of their frames.
  func take(_ count: Int) -> UInt64 { unsafe cbench_receiver_take(handle, count) }

  /// Hands the last frame of the next message to a body; false where none is there, or the socket fails.
  func next(blocking: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
    var byteCount = 0
    guard let bytes = unsafe cbench_receiver_next(handle, &byteCount, blocking ? 1 : 0) else { return false }
    unsafe body(UnsafeBufferPointer(start: bytes, count: byteCount))
    return true
  }
}
