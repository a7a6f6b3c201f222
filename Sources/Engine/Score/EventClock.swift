import Reports

/// Event time as the sources tell it together: the newest time, and the watermark before which a report is late.
///
/// The watermark is the least newest time of the sources that are not idle, less the allowed lateness; a source that lies further
/// than the idle timeout behind the newest time holds nobody up (Akidau et al. 2015; Flink's per-split watermarks). It is
/// settled once a minute of event time, so that it costs nothing a report, and depends on the reports' order alone.
///
/// A source that leaps far ahead of two others that were just heard does not pull the clock with it: the leap is believed
/// when a second source confirms it, or when the others stay silent while it goes on for three hours.
struct EventClock {
  private static let minute: Int64 = 60_000_000
  private static let companions: Int64 = 24 * 3_600_000_000
  private static let confirmation: Int64 = 3 * 3_600_000_000

  private let lateness: Int64
  private let idleTimeout: Int64
  /// How far a source may run ahead before it is doubted: half of the lateness, so that the others' reports are never late by it.
  private let leap: Int64
  private var newestOfSource: [Int64] = []
  /// The sources that were heard lately; the rest are idle and need no look.
  private var active: [UInt32] = []
  private var isActive: [Bool] = []
  private var settledMinute = Int64.min
  private var leaper: (source: UInt32, since: Int64)?
  /// While one source alone has set the clock: that source, and others that lie far behind it.
  private var founder: UInt32?
  private var foundedAt = Int64.min
  private var dissenters: [(source: UInt32, time: Int64)] = []

  /// The newest believed event time; `Int64.min` before the first report.
  private(set) var newest = Int64.min
  /// Reports before this are late; nil before the first report. Never goes back.
  private(set) var watermark: Timestamp?

  init(settings: EngineSettings) {
    lateness = Int64(settings.allowedLatenessMinutes) * Self.minute
    idleTimeout = Int64(settings.idleTimeoutMinutes) * Self.minute
    leap = min(720, max(60, Int64(settings.allowedLatenessMinutes) / 2)) * Self.minute
  }

  /// Whether a report at this time would move the clock, and to where; the caller first finishes what lies before.
  ///
  /// - Complexity: O(1); O(active sources) once a minute of event time and where a leap is looked at.
  mutating func believes(_ time: Int64, source: UInt32) -> Bool {
    guard newest != .min else { return true }
    guard time > newest, time - newest > leap else {
      if time > newest - leap { leaper = nil }
      return true
    }
    let others = active.filter { $0 != source && newestOfSource[Int($0)] > newest - Self.companions }
    guard others.count >= 2 else { return true }
    guard let known = leaper else {
      leaper = (source, time)
      return false
    }
    if known.source != source || time - known.since >= Self.confirmation {
      leaper = nil
      return true
    }
    return false
  }

  /// Looks at a late report: where two sources agree that the one source which has set the clock is far ahead, they are believed.
  ///
  /// - Returns: Whether the clock was set back, so that the report is not late after all.
  mutating func isSetBack(by time: Int64, source: UInt32) -> Bool {
    guard let founder, founder != source, newest - time > leap else { return false }
    dissenters.removeAll { $0.source == source }
    dissenters.append((source, time))
    guard dissenters.count >= 2, dissenters.allSatisfy({ abs($0.time - time) <= Self.companions }) else { return false }
    newestOfSource = newestOfSource.map { _ in .min }
    isActive = isActive.map { _ in false }
    active.removeAll()
    (newest, watermark, leaper, self.founder) = (.min, nil, nil, nil)
    for dissenter in dissenters { observe(dissenter.time, source: dissenter.source, isBelieved: true) }
    self.founder = nil
    dissenters.removeAll()
    return true
  }

  /// Takes in the time of an admitted report.
  mutating func observe(_ time: Int64, source: UInt32, isBelieved: Bool) {
    let index = Int(source)
    while newestOfSource.count <= index {
      newestOfSource.append(.min)
      isActive.append(false)
    }
    guard isBelieved else { return }
    if newest == .min {
      (founder, foundedAt) = (source, time)
    } else if founder != source || time - foundedAt > 2 * Self.companions {
      founder = nil
    }
    newestOfSource[index] = max(newestOfSource[index], time)
    if !isActive[index] {
      isActive[index] = true
      active.append(source)
    }
    newest = max(newest, time)
    let minute = newest / Self.minute
    if minute != settledMinute || watermark == nil { settle(minute) }
  }

  private mutating func settle(_ minute: Int64) {
    settledMinute = minute
    var least = newest
    var kept = 0
    for position in active.indices {
      let source = active[position]
      let time = newestOfSource[Int(source)]
      if time < newest - Self.companions {
        isActive[Int(source)] = false
        continue
      }
      active[kept] = source
      kept += 1
      if time >= newest - idleTimeout { least = min(least, time) }
    }
    active.removeLast(active.count - kept)
    let candidate = Timestamp(microseconds: least - lateness)
    watermark = watermark.map { max($0, candidate) } ?? candidate
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&newestOfSource)
    try coder.code(&active)
    try coder.code(&isActive)
    try coder.code(&settledMinute)
    var (source, since) = (leaper?.source, leaper?.since)
    try coder.code(&source)
    try coder.code(&since)
    leaper = source.flatMap { source in since.map { (source, $0) } }
    try coder.code(&founder)
    try coder.code(&foundedAt)
    try coder.code(&dissenters, new: (source: 0, time: 0)) { (one, coder) throws(StateError) in
      try coder.code(&one.source)
      try coder.code(&one.time)
    }
    try coder.code(&newest)
    try coder.code(&watermark)
  }
}
