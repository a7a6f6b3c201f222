package import Platform
import Synchronization

/// Runs `body` for 0..<count on some threads; the results stand in the order of their index, whoever made them.
///
/// - Throws: Where a thread cannot be started.
package func parallelMap<Value: Sendable>(
  _ count: Int, threadCount: Int, _ body: @escaping @Sendable (Int) -> Value
) throws(SystemError) -> [Value] {
  let work = Work<Value>()
  // The calling thread works too.
  try onThreads(min(threadCount, count) - 1) {
    while let index = work.take(below: count) { work.put(body(index), at: index) }
  }
  return work.inOrder
}

/// Runs `body` on `others` further threads and on this one, and waits for all.
private func onThreads(_ others: Int, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
  guard others > 0 else { return body() }
  let thread = try Thread(name: "study-\(others)", body)
  let outcome = Result { () throws(SystemError) in try onThreads(others - 1, body) }
  thread.join()
  try outcome.get()
}

/// What is still to be done, and what came of the rest.
private final class Work<Value: Sendable>: Sendable {
  private let state = Mutex((next: 0, results: [(index: Int, value: Value)]()))

  func take(below count: Int) -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  func put(_ value: Value, at index: Int) { state.withLock { $0.results.append((index, value)) } }

  var inOrder: [Value] { state.withLock { $0.results.sorted { $0.index < $1.index }.map(\.value) } }
}
