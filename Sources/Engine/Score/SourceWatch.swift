import Reports
import Statistics

/// Listens for sources that fall silent: what they would have said is unknown, not zero.
///
/// For every source and hour of the day it learns how often there is a report at all; a silence is an outage once chance would
/// bring it less than once in a million, and it is half as long again as any that was no outage. Silent hours, not counts, so
/// that bursts teach it nothing wrong.
struct SourceWatch {
  private static let hour: Int64 = 3_600_000_000
  private static let logChance = -13.815_510_557_964_274
  private static let leastSilence = 3
  private static let learningHours = 168
  private static let memoryHours = 40 * 24
  private static let gapHours = 400 * 24

  private struct Listener {
    var newestHour = Int64.min
    /// Bit i: whether there was a report i hours before the newest.
    var mask: UInt64 = 0
    var heardHours = 0
    var occupancy = [Float](repeating: 0, count: 24)
    var silence = 0
    var logSurvival = 0.0
    var longestSilence: Float = 0
    var reportCount = 0.0
    var open: Int?

    mutating func code(_ coder: inout some StateCoder) throws(StateError) {
      try coder.code(&newestHour)
      try coder.code(&mask)
      try coder.code(&heardHours)
      try coder.code(&occupancy)
      try coder.code(&silence)
      try coder.code(&logSurvival)
      try coder.code(&longestSilence)
      try coder.code(&reportCount)
      try coder.code(&open)
    }
  }

  private var listeners: [Listener] = []
  private var closedHour = Int64.min
  /// Outages that still matter to a baseline, the oldest first.
  private(set) var outages: [SourceOutage] = []
  private var changed: [SourceOutage] = []

  /// Counts an admitted report.
  mutating func hear(_ source: UInt32, at time: Int64) {
    while listeners.count <= Int(source) { listeners.append(Listener()) }
    let hour = Timestamp(microseconds: time).bin(ofMicroseconds: Self.hour)
    let index = Int(source)
    listeners[index].reportCount += 1
    let newest = listeners[index].newestHour
    if newest == .min || hour > newest {
      let steps = newest == .min ? 64 : hour - newest
      listeners[index].mask = steps >= 64 ? 1 : listeners[index].mask << UInt64(steps) | 1
      listeners[index].newestHour = hour
    } else if newest - hour < 64 {
      listeners[index].mask |= 1 << UInt64(newest - hour)
    }
  }

  /// Closes the hours that the watermark has passed.
  ///
  /// - Complexity: O(sources) an hour; long gaps in which everybody is silent for good are skipped.
  mutating func settle(watermark: Timestamp) {
    let last = watermark.bin(ofMicroseconds: Self.hour) - 1
    if closedHour == .min { closedHour = last - 1 }
    guard last > closedHour else { return }
    // A silence of years says no more than one of a year.
    closedHour = max(closedHour, last - Int64(Self.gapHours))
    while closedHour < last {
      closedHour += 1
      var isAnyoneThere = false
      for index in listeners.indices where listeners[index].newestHour != .min {
        close(closedHour, index)
        if listeners[index].open == nil { isAnyoneThere = true }
      }
      if !isAnyoneThere, !listeners.isEmpty {
        var next = last + 1
        for listener in listeners where listener.newestHour > closedHour { next = min(next, listener.newestHour) }
        closedHour = max(closedHour, next - 1)
      }
    }
    let horizon = Timestamp(microseconds: (closedHour - Int64(Self.memoryHours)) * Self.hour)
    if outages.contains(where: { ($0.endedAt ?? $0.alertedAt) < horizon && $0.endedAt != nil }) { forget(before: horizon) }
  }

  private mutating func forget(before horizon: Timestamp) {
    let kept = outages.indices.filter { (outages[$0].endedAt ?? Timestamp(microseconds: .max)) >= horizon }
    for index in listeners.indices {
      if let open = listeners[index].open { listeners[index].open = kept.firstIndex(of: open) }
    }
    outages = kept.map { outages[$0] }
  }

  private mutating func close(_ hour: Int64, _ index: Int) {
    let age = listeners[index].newestHour - hour
    let isOccupied = age >= 0 && age < 64 && listeners[index].mask >> UInt64(age) & 1 == 1
    if listeners[index].heardHours == 0 && !isOccupied { return }
    let slot = Int(((hour % 24) + 24) % 24)
    if isOccupied {
      if let open = listeners[index].open {
        outages[open].endedAt = Timestamp(microseconds: hour * Self.hour)
        changed.append(outages[open])
        listeners[index].open = nil
      } else {
        listeners[index].longestSilence = max(listeners[index].longestSilence * 0.9995, Float(listeners[index].silence))
      }
      listeners[index].silence = 0
      listeners[index].logSurvival = 0
    } else {
      listeners[index].silence += 1
      guard listeners[index].open == nil else { return }
      listeners[index].logSurvival += Elementary.log(1 - min(0.999_999, Double(listeners[index].occupancy[slot])))
      if isOutage(listeners[index]) {
        open(hour, index)
        return
      }
    }
    listeners[index].heardHours += 1
    let days = Float(min(30, listeners[index].heardHours / 24 + 1))
    listeners[index].occupancy[slot] += ((isOccupied ? 1 : 0) - listeners[index].occupancy[slot]) / days
  }

  private func isOutage(_ listener: Listener) -> Bool {
    listener.heardHours >= Self.learningHours && listener.silence >= Self.leastSilence
      && listener.logSurvival < Self.logChance && Float(listener.silence) > listener.longestSilence * 1.5
  }

  private mutating func open(_ hour: Int64, _ index: Int) {
    let perHour = listeners[index].reportCount / Double(max(1, listeners[index].heardHours))
    let outage = SourceOutage(
      source: UInt32(index),
      startedAt: Timestamp(microseconds: (hour + 1 - Int64(listeners[index].silence)) * Self.hour),
      alertedAt: Timestamp(microseconds: (hour + 1) * Self.hour), endedAt: nil,
      expectedCount: perHour * Double(listeners[index].silence))
    listeners[index].open = outages.count
    outages.append(outage)
    changed.append(outage)
  }

  /// Whether a source was out at a time.
  func isOut(_ source: UInt32, at time: Timestamp) -> Bool {
    outages.contains { $0.source == source && $0.startedAt <= time && ($0.endedAt.map { time < $0 } ?? true) }
  }

  /// The share of all reports that comes from sources that were out at a time.
  func shareOut(at time: Timestamp) -> Double {
    guard !outages.isEmpty else { return 0 }
    let total = listeners.reduce(0) { $0 + $1.reportCount }
    var out = 0.0
    for index in listeners.indices where isOut(UInt32(index), at: time) { out += listeners[index].reportCount }
    return total > 0 ? out / total : 0
  }

  /// What changed since the last time, in the order in which it happened.
  mutating func drain() -> [SourceOutage] {
    defer { changed.removeAll(keepingCapacity: true) }
    return changed
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&listeners, new: Listener()) { (listener, coder) throws(StateError) in try listener.code(&coder) }
    try coder.code(&closedHour)
    try coder.code(&outages, new: .blank) { (one, coder) throws(StateError) in try one.code(&coder) }
    try coder.code(&changed, new: .blank) { (one, coder) throws(StateError) in try one.code(&coder) }
  }
}
