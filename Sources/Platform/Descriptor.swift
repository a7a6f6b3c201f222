import CPlatform
import Glibc

/// The owner of an open file descriptor; it is closed when the owner goes.
package struct Descriptor: ~Copyable, Sendable {
  /// For `poll` and its like; never to be closed.
  package let rawValue: Int32

  /// Takes ownership of an open descriptor.
  init(owning rawValue: Int32) { self.rawValue = rawValue }

  deinit { _ = close(rawValue) }
}

extension Descriptor {
  /// Lets the process have as many descriptors as it may ask for (RLIMIT_NOFILE).
  ///
  /// - Returns: how many those are.
  package static func raiseLimit() throws(SystemError) -> Int {
    let limit = cplatform_raise_descriptor_limit()
    guard limit >= 0 else { throw .current("read", "the limit of descriptors") }
    return Int(clamping: limit)
  }
}

/// Calls again where a signal came in between, and turns −1 into the error it stands for.
func retrying<Value: SignedInteger>(
  _ operation: String, _ subject: String, _ call: () -> Value
) throws(SystemError) -> Value {
  while true {
    let value = call()
    if value != -1 { return value }
    if errno != EINTR { throw .current(operation, subject) }
  }
}
