import Platform
import Synchronization
import TocsinProducer

/// What `send` tells the person at the terminal: a line that moves, and the first events that were refused. Safe to use from any
/// thread.
final class SendProgress: Sendable {
  private static let complaintCount = 10
  private static let intervalNanoseconds: UInt64 = 100_000_000
  private static let runCount = 4_096

  /// Events that stand on lines one below the other.
  private struct Run {
    var firstEvent: UInt64
    var firstLine: Int
  }

  private struct State {
    var lastShownNanoseconds: UInt64 = 0
    var isLineOpen = false
    var refusedCount = 0
    /// The newest runs, ascending.
    var runs: [Run] = []
  }

  private let path: String
  private let isTerminal = Terminal.isTerminal(descriptor: 2)
  private let state = Mutex(State())

  init(path: String) { self.path = path }

  /// The event with this number, or sequence, stands on this line; both ascend.
  func read(event: UInt64, line: Int) {
    state.withLock { state in
      if let last = state.runs.last, UInt64(line - last.firstLine) == event - last.firstEvent { return }
      if state.runs.count == Self.runCount { state.runs.removeFirst() }
      state.runs.append(Run(firstEvent: event, firstLine: line))
    }
  }

  /// An event that was rejected. Duplicates and late events are only counted: they are no fault of the line.
  func note(event: UInt64, code: String, detail: String) {
    state.withLock { state in
      state.refusedCount += 1
      guard state.refusedCount <= Self.complaintCount else { return }
      let run = state.runs.last { $0.firstEvent <= event }
      let line = run.map { "\($0.firstLine + Int(event - $0.firstEvent))" } ?? "?"
      Self.clear(&state)
      Output.complain("\(path):\(line): \(code): \(detail)")
    }
  }

  func say(_ text: String) {
    state.withLock { state in
      Self.clear(&state)
      Output.complain(text)
    }
  }

  /// How far it is, at most ten times a second, on a terminal only.
  func show(_ summary: Summary) {
    guard isTerminal else { return }
    state.withLock { state in
      let now = Clock.monotonicNanoseconds()
      guard now - state.lastShownNanoseconds >= Self.intervalNanoseconds else { return }
      state.lastShownNanoseconds = now
      let answered = summary.sent - summary.outstanding
      Output.writeError("\r\u{1b}[Ksent \(summary.sent), acknowledged \(answered), rejected \(summary.rejected)")
      state.isLineOpen = true
    }
  }

  func finish(_ summary: Summary) {
    state.withLock { state in
      Self.clear(&state)
      if state.refusedCount > Self.complaintCount {
        Output.complain("… and \(state.refusedCount - Self.complaintCount) more events were rejected")
      }
    }
    let held = summary.alreadyHeld == 0 ? "" : ", held already \(summary.alreadyHeld) (their verdicts: `tocsin sources`)"
    let resent = held + (summary.resentBatches == 0 ? "" : "; \(summary.resentBatches) batches were sent again")
    Output.complain(
      "sent \(summary.sent): accepted \(summary.accepted), duplicate \(summary.duplicate), late \(summary.late), "
        + "rejected \(summary.rejected)\(resent)")
  }

  private static func clear(_ state: inout State) {
    guard state.isLineOpen else { return }
    Output.writeError("\r\u{1b}[K")
    state.isLineOpen = false
  }
}
