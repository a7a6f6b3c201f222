import Platform
import Render

/// How far a long work is, on one line of a terminal that is rubbed out at its end; nothing anywhere else.
final class ProgressLine {
  private static let intervalNanoseconds: UInt64 = 100_000_000
  /// Work that is over sooner shows none.
  private static let patienceNanoseconds: UInt64 = 300_000_000
  private static let barWidth = 24
  private static let rubOut = "\r\u{1b}[K"

  private let name: String
  private let isTerminal = Terminal.isTerminal(descriptor: 2) && Environment.value("TERM") != "dumb"
  private let startedAt = Clock.monotonicNanoseconds()
  private var nextAt: UInt64
  private var isOpen = false

  init(_ name: String) {
    self.name = name
    nextAt = startedAt + Self.patienceNanoseconds
  }

  deinit { clear() }

  /// - Parameters:
  ///   - share: how much is done, from 0 to 1; nil where nobody knows how much there is.
  ///   - count: how many events are through.
  func show(_ share: Double?, _ count: UInt64) {
    let now = Clock.monotonicNanoseconds()
    guard isTerminal, now >= nextAt else { return }
    nextAt = now + Self.intervalNanoseconds
    write(Self.text(name, share, count, seconds: Double(now - startedAt) / 1e9))
  }

  /// - Parameter step: what is being done, where nobody can tell how much of it there is.
  func show(_ step: String) {
    guard isTerminal else { return }
    write("\(name)  \(step)")
  }

  private func write(_ text: String) {
    Terminal.leave(with: Self.rubOut)
    isOpen = true
    Output.writeError(Self.rubOut + Renderer.cut(text, toWidth: (Terminal.width(descriptor: 2) ?? 80) - 1))
  }

  /// `replay  ███████▌                  31 %  1,200,000 events, 410,000 a second, 6 s left`.
  static func text(_ name: String, _ share: Double?, _ count: UInt64, seconds: Double) -> String {
    var text = name
    if let share {
      let bar = Words.bar(share, of: 1, width: barWidth)
      text += "  \(bar)\(String(repeating: "░", count: max(0, barWidth - bar.count)))  \(Words.percent(min(share, 1)))"
    }
    text += "  \(Words.quantity(Double(count), "event"))"
    if seconds > 0 { text += ", \(Words.significant(Double(count) / seconds, digits: 2)) a second" }
    if let share, share > 0.01, share < 1 {
      let left = (seconds * (1 - share) / share).rounded(.up)
      text += left < 120 ? ", \(Words.grouped(left)) s left" : ", \(Words.grouped(left / 60)) min left"
    }
    return text
  }

  func clear() {
    guard isOpen else { return }
    isOpen = false
    Output.writeError(Self.rubOut)
    Terminal.leave(with: "")
  }
}
