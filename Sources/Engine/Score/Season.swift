/// How reports follow the week: a day-of-week factor times an hour-of-day factor, the hours of weekends apart.
///
/// Separable, not 168 free factors, and each slot is divided by its covered bins: few weeks are enough, and a gap is no quiet
/// hour. Factors average to one over a covered week.
package struct Season: Sendable {
  package static let slotCount = 168
  /// Half of what is known is forgotten after eight weeks.
  private static let weeklyDecay = 0.917_004_043_204_671_2
  /// Reports of a flat week that a slot's factor is drawn to.
  private static let flatCount = 12.0

  private var dayCounts = [Double](repeating: 0, count: 7)
  private var dayBins = [Double](repeating: 0, count: 7)
  private var hourCounts = [Double](repeating: 0, count: 48)
  private var hourBins = [Double](repeating: 0, count: 48)
  private(set) var count = 0.0

  package init() {}

  /// The slot of a local hour since the epoch, which began on a Thursday: 0 is Monday's first hour.
  package static func slot(localHour: Int) -> Int {
    let slot = (localHour + 72) % slotCount
    return slot < 0 ? slot + slotCount : slot
  }

  private static func hourSlot(_ slot: Int) -> Int { slot / 24 >= 5 ? 24 + slot % 24 : slot % 24 }

  /// Takes in one bin of a slot: its reports, and how much of it was covered.
  package mutating func add(_ reports: Double, coverage: Double, slot: Int) {
    dayCounts[slot / 24] += reports
    dayBins[slot / 24] += coverage
    hourCounts[Self.hourSlot(slot)] += reports
    hourBins[Self.hourSlot(slot)] += coverage
    count += reports
  }

  /// Lets a week pass.
  package mutating func decay() {
    for index in 0..<7 {
      dayCounts[index] *= Self.weeklyDecay
      dayBins[index] *= Self.weeklyDecay
    }
    for index in 0..<48 {
      hourCounts[index] *= Self.weeklyDecay
      hourBins[index] *= Self.weeklyDecay
    }
    count *= Self.weeklyDecay
  }

  /// Day factors (7) and hour factors (48), drawn to `parent`'s as far as little is known.
  ///
  /// - Parameter weight: How much the own factors count beside the parent's, 0…1.
  package func factors(parent: [Double]?, weight: Double) -> [Double] {
    let days = Self.normalized(dayCounts, dayBins, in: 0..<7)
    let hours = Self.normalized(hourCounts, hourBins, in: 0..<24) + Self.normalized(hourCounts, hourBins, in: 24..<48)
    let own = days + hours
    guard let parent else { return own }
    return zip(own, parent).map { weight * $0 + (1 - weight) * $1 }
  }

  /// Rates of slots over their mean, each drawn to one by `flatCount` reports.
  private static func normalized(_ counts: [Double], _ bins: [Double], in range: Range<Int>) -> [Double] {
    let total = range.reduce(0) { $0 + counts[$1] }
    let covered = range.reduce(0) { $0 + bins[$1] }
    guard covered > 0, total > 0 else { return range.map { _ in 1 } }
    let factors = range.map { (counts[$0] + flatCount) / (bins[$0] / covered * total + flatCount) }
    let mean = factors.reduce(0, +) / Double(factors.count)
    return factors.map { $0 / mean }
  }

  /// The factor of a slot, from what `factors` gave.
  package static func factor(_ factors: [Double], slot: Int) -> Double { factors[slot / 24] * factors[7 + hourSlot(slot)] }

  /// No season at all.
  package static let flat = [Double](repeating: 1, count: 55)

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&dayCounts)
    try coder.code(&dayBins)
    try coder.code(&hourCounts)
    try coder.code(&hourBins)
    try coder.code(&count)
  }
}
