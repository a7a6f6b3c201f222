/// Says to the service manager that the service is alive, while it is: while every stage that has work gets on with it.
struct Heartbeat {
  /// Looks at the stages within the time after which the manager takes the service to hang.
  private static let lookCount: UInt64 = 4

  private let intervalNanoseconds: UInt64
  private var lookedAt: UInt64 = 0
  private var pulse = Pulse()

  init(watchdogNanoseconds: UInt64?) {
    intervalNanoseconds = watchdogNanoseconds.map { max(1, $0 / Self.lookCount) } ?? .max
  }

  /// How long the loop may sleep without missing a beat.
  var intervalMilliseconds: Int { Int(clamping: max(1, intervalNanoseconds / 1_000_000)) }

  /// Whether the manager is to be told now that all is well.
  mutating func isDue(at now: UInt64, _ stages: @autoclosure () -> [Pulse.Stage]) -> Bool {
    guard now - lookedAt >= intervalNanoseconds else { return false }
    lookedAt = now
    let stuck = pulse.stuck(stages())
    if let stuck, pulse.isNews { Log.write(.error, "a stage has work and does not move", ["stage": stuck]) }
    return stuck == nil
  }
}
