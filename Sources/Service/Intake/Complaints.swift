import Platform

/// Faults of peers, gathered by code and logged at most once a second: a flood of rubbish must not become a flood of lines.
struct Complaints {
  private var counts: [String: Int] = [:]
  private var examples: [String: String] = [:]
  private var lastReportNanoseconds: UInt64 = 0

  mutating func note(_ code: String, _ message: String) {
    counts[code, default: 0] += 1
    examples[code] = message
  }

  /// Whether the second is over.
  func isDue(_ now: UInt64) -> Bool { now - lastReportNanoseconds >= 1_000_000_000 }

  mutating func report() {
    let now = Clock.monotonicNanoseconds()
    guard isDue(now) else { return }
    lastReportNanoseconds = now
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
      Log.write(.warning, "refused a message", ["code": code, "count": count, "example": examples[code] ?? ""])
    }
    counts.removeAll()
    examples.removeAll()
  }
}
