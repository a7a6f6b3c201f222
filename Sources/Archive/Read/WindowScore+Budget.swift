package import Engine
import Glibc

extension WindowScore {
  /// The share of a family's budget that a registered series has: nine tenths over all of them.
  package var evenShare: Double { 0.9 / Double(max(seriesCount, 1)) }

  /// ln of the share that leads to the nominal recurrence interval: share = p · F · ticks a day · nominal.
  package var logActualShare: Double {
    logTailProbability + log(Double(familyCount) * ticksPerDay * nominalRecurrenceIntervalDays)
  }

  /// The share that was used: `evenShare`, or that of a novel series; nil where it cannot be told.
  package var actualShare: Double? {
    let share = exp(logActualShare)
    return share.isFinite && share > 0 ? share : nil
  }
}
