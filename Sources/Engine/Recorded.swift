/// What is drained, and has points of history: a change awaits both.
protocol Recorded {
  /// Whether it has changed since it was drained, and since its last point of history.
  var awaitsDrain: Bool { get set }
  var awaitsRecord: Bool { get set }
}

extension Recorded {
  var isDirty: Bool {
    get { awaitsDrain }
    set {
      awaitsDrain = newValue
      if newValue { awaitsRecord = true }
    }
  }
}
