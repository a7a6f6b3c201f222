import Platform
import Synchronization

/// How long batches wait for their acknowledgement, from the moment at which each was due to be sent: one that has to wait because
/// those before it are late counts the wait (Tene, "coordinated omission").
final class AcknowledgementTimes: Sendable {
  private struct State {
    /// Of batches that are not acknowledged: the last sequence and when they were due.
    var waiting: [(sequence: UInt64, dueAt: UInt64)] = []
    var head = 0
    var nanoseconds: [UInt64] = []
  }

  private let state = Mutex(State())

  /// A batch that ends with a sequence is due.
  func note(through sequence: UInt64, dueAt: UInt64) {
    state.withLock { $0.waiting.append((sequence, dueAt)) }
  }

  /// Everything up to a sequence is acknowledged.
  func acknowledge(through sequence: UInt64) {
    let now = Clock.monotonicNanoseconds()
    state.withLock { state in
      while state.head < state.waiting.count, state.waiting[state.head].sequence <= sequence {
        state.nanoseconds.append(now - min(now, state.waiting[state.head].dueAt))
        state.head += 1
      }
      if state.head > 4_096 {
        state.waiting.removeFirst(state.head)
        state.head = 0
      }
    }
  }

  /// A line for people: the median, the 99th percentile and the longest, by nearest rank.
  var text: String {
    let sorted = state.withLock { $0.nanoseconds.sorted() }
    func milliseconds(_ share: Double) -> String {
      guard !sorted.isEmpty else { return "-" }
      let rank = min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)
      let hundredths = (sorted[max(0, rank)] + 5_000) / 10_000
      return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) ms"
    }
    return "acknowledged \(sorted.count) batches: p50 \(milliseconds(0.5)), p99 \(milliseconds(0.99)), at most \(milliseconds(1))"
  }
}
