/// A value that exactly one thread at a time touches: handed over before the thread starts, looked at after it was joined.
///
/// It exists because a closure that starts a thread cannot take a noncopyable value with it.
final class Owned<Value: ~Copyable>: @unchecked Sendable {
  var value: Value

  init(_ value: consuming Value) { self.value = value }
}
