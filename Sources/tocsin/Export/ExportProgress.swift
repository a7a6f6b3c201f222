import Export
import Platform
import Render

/// How an export gets on: counts rows, tells the person at the terminal, and ends it where a signal asks for that.
final class ExportProgress {
  private static let intervalNanoseconds: UInt64 = 100_000_000
  /// Rows between looks at the clock and at signals.
  private static let stride = 1_024

  /// Nil where a signal ends the process by itself, since nothing would be left behind.
  private let signals: SignalSet?
  private let isTerminal = Terminal.isTerminal(descriptor: 2)
  private var lastShownNanoseconds: UInt64 = 0
  private var isLineOpen = false
  private var lookCount = 0
  /// Rows of each layer, in their order.
  private(set) var counts: [(layer: String, count: Int)] = []

  init(signals: consuming SignalSet?) { self.signals = signals }

  /// The rows that follow are of this layer.
  func begin(_ layer: String) { counts.append((layer, 0)) }

  /// A row was exported.
  func note() throws {
    counts[counts.count - 1].count += 1
    try check()
  }

  /// Looks about now and then.
  ///
  /// - Throws: `OutputError.interrupted` where a signal asks for the end.
  func check() throws {
    lookCount += 1
    if lookCount % Self.stride == 0 { try look() }
  }

  /// - Throws: as `check`.
  func look() throws {
    switch try signals?.next() {
    case .terminate, .interrupt, .hangUp: throw OutputError.interrupted
    case .brokenPipe, nil: break
    }
    guard isTerminal, let last = counts.last else { return }
    let now = Clock.monotonicNanoseconds()
    guard now - lastShownNanoseconds >= Self.intervalNanoseconds else { return }
    lastShownNanoseconds = now
    Output.writeError("\r\u{1b}[Kexporting \(last.layer): \(Words.grouped(Double(last.count)))")
    isLineOpen = true
  }

  /// Takes the line away again, before anything else is said.
  func clear() {
    if isLineOpen { Output.writeError("\r\u{1b}[K") }
    isLineOpen = false
  }
}
