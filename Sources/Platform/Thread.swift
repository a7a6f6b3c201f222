import CPlatform
import Glibc

/// A named thread with a stack of 8 MiB, to be joined.
package struct Thread: ~Copyable, Sendable {
  private static let stackByteCount = 8 << 20

  private let identifier: pthread_t

  /// What a new thread is handed.
  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a thread; the system shows at most 15 bytes of its name.
  package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var attributes = pthread_attr_t()
    var identifier = pthread_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, Self.stackByteCount)
    let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
    let code = unsafe pthread_create(
      &identifier, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        unsafe cplatform_name_thread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      unsafe start.release()
      throw SystemError(operation: "start thread", subject: name, errno: code)
    }
    self.identifier = identifier
  }

  /// Waits until the thread's closure has returned.
  package consuming func join() {
    let identifier = identifier
    discard self
    pthread_join(identifier, nil)
  }

  /// A thread that nobody joins cleans up after itself.
  deinit { pthread_detach(identifier) }

  /// The calling thread's name.
  package static var currentName: String {
    let bytes = unsafe [CChar](unsafeUninitializedCapacity: 16) { buffer, count in
      unsafe cplatform_thread_name(buffer.baseAddress)
      count = 16
    }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
