/// How much of the history is kept, of incidents, of episodes and of clusters each; past the one or the other the oldest goes.
package struct HistoryLimits: Equatable, Sendable {
  /// Days before the newest point, counted from midnight UTC.
  package var days: Int
  /// Points, beside those of what is open.
  package var pointCount: Int

  package init(days: Int = 366, pointCount: Int = 1_000_000) {
    self.days = days
    self.pointCount = pointCount
  }

  /// Of so many points ever made the number up to which they may go: it moves in steps, so that little is looked at again.
  func cut(ofCount count: Int64) -> Int64 {
    let limit = Int64(max(1, pointCount))
    guard count > limit else { return 0 }
    let step = max(1, limit / 64)
    return (count - limit + step - 1) / step * step
  }
}
