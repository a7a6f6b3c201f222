/// Tells a stage that hangs from one that has nothing to do.
struct Pulse {
  /// What is to be seen of a stage from outside.
  struct Stage {
    var name: String
    /// Whether something waits for it or is in its hands.
    var hasWork: Bool
    /// Pieces of work that it has done.
    var turns: UInt64
  }

  private var seen: [Stage] = []
  private var stuckName: String?
  /// Whether the last look found something else than the one before.
  private(set) var isNews = false

  /// The stage that has had work since the last look and has done none of it; nil where all is well.
  mutating func stuck(_ stages: [Stage]) -> String? {
    let stuck = zip(seen, stages).first { before, now in before.hasWork && now.hasWork && before.turns == now.turns }
    seen = stages
    isNews = stuck?.1.name != stuckName
    stuckName = stuck?.1.name
    return stuckName
  }
}
