import Reports

/// The points of history that were made since the last drain, in the order in which they were made.
///
/// They are made at ticks of event time, and so are the same however often the engine is drained.
struct HistoryLog {
  private var points: [HistoryPoint] = []
  private var latest = Int64.min

  var count: Int { points.count }

  /// Keeps a point, under no earlier time than the last: profiles tick at different times.
  mutating func append(_ point: HistoryPoint) {
    var point = point
    latest = max(latest, point.at.microseconds)
    point.at = Timestamp(microseconds: latest)
    points.append(point)
  }

  /// Begins with another time, where the clock was set back.
  mutating func restart() { latest = .min }

  mutating func drain() -> [HistoryPoint] {
    let drained = points
    points = []
    // Room for about as many again: else it is looked for while reports come.
    points.reserveCapacity(drained.count + drained.count / 2 + 16)
    return drained
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&points, new: .blank) { (point, coder) throws(StateError) in try point.code(&coder) }
    try coder.code(&latest)
  }
}
