import Reports
import SQLite

/// Since when each tier is kept: `retention`. It follows from the watermark alone, and never goes back.
struct RetentionTable: ~Copyable {
  /// What is older than these is not kept; nil where everything is.
  struct Bounds {
    var texts: Timestamp?
    var counts: Timestamp?
    var summaries: Timestamp?
    /// Whether the counts' one has moved on.
    var hasMovedCounts = false
  }

  private let limits: RetentionLimits
  private let setDays: Statement
  private let read: Statement
  private let move: Statement
}

extension RetentionTable {
  /// Prepares the statements.
  init(limits: RetentionLimits, on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      limits: limits, setDays: connection.prepare("UPDATE retention SET days = ?2 WHERE tier = ?1"),
      read: connection.prepare("SELECT complete_since FROM retention WHERE tier = ?1"),
      move: connection.prepare("UPDATE retention SET complete_since = ?2 WHERE tier = ?1"))
  }

  /// Writes down for how long each is kept.
  func writeLimits() throws(SQLiteError) {
    for tier in RetentionTier.allCases {
      try setDays.bind(tier.rawValue, at: 1)
      try setDays.bind(.count(limits.days(of: tier)), at: 2)
      try setDays.run()
    }
  }

  /// The bounds at a watermark, each a midnight; they are written down where they have moved on.
  func bounds(at watermark: Timestamp?) throws(SQLiteError) -> Bounds {
    let (texts, _) = try bound(of: .texts, watermark)
    let (counts, hasMovedCounts) = try bound(of: .counts, watermark)
    let (summaries, _) = try bound(of: .summaries, watermark)
    return Bounds(texts: texts, counts: counts, summaries: summaries, hasMovedCounts: hasMovedCounts)
  }

  private func bound(
    of tier: RetentionTier, _ watermark: Timestamp?
  ) throws(SQLiteError) -> (bound: Timestamp?, hasMoved: Bool) {
    try read.bind(tier.rawValue, at: 1)
    let known = try read.step() ? read.integer(0).map { Timestamp(microseconds: $0) } : nil
    read.reset()
    guard let bound = watermark?.midnight(daysBefore: limits.days(of: tier)), known.map({ $0 < bound }) ?? true else {
      return (known, false)
    }
    try move.bind(tier.rawValue, at: 1)
    try move.bind(bound.microseconds, at: 2)
    try move.run()
    return (bound, true)
  }
}
