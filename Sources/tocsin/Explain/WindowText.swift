import Archive
import Engine
import Render
import Reports

/// One window that fired, with the arithmetic of its score in words.
enum WindowText {
  /// - Parameter calibratedDays: what became of the best window's interval; nil for the others.
  static func lines(_ window: WindowScore, number: Int, calibratedDays: Double?) -> String {
    let minutes = Double(window.endsAt.microseconds - window.startsAt.microseconds) / 60e6 / Double(max(window.durationBins, 1))
    let bins = "\(Words.quantity(Double(window.durationBins), "bin")) of \(Words.quantity(minutes, "minute"))"
    let witnesses = Words.quantity(Double(window.observed), "witness", plural: "witnesses")
    return """
      \(number). \(place(window)), \(window.startsAt) to \(window.endsAt), tested at \(window.testedAt)
           Y = \(witnesses) where M = \(Words.significant(window.expected, digits: 3)) were expected over \(bins);
           variance/mean \(Words.significant(window.varianceRatio, digits: 3)) (of the keyword \
      \(Words.significant(window.dispersion, digits: 3))) → P = \(Words.scientific(logarithm: window.logTailProbability));
           \(budget(window)) × \(Words.significant(window.ticksPerDay, digits: 3)) ticks a day
           → once in \(days(window.nominalRecurrenceIntervalDays)) (nominal)\(calibratedDays.map { "; calibrated \(days($0))" } ?? "")

      """
  }

  private static func place(_ window: WindowScore) -> String {
    if window.isWholeArea { return "the whole area" }
    let center = SummaryText.degrees([
      Int32((Int64(window.box.southE7) + Int64(window.box.northE7)) / 2),
      Int32((Int64(window.box.westE7) + Int64(window.box.eastE7)) / 2),
    ])
    return "a square of \(length(window.sideMeters)) around \(center)"
  }

  static func length(_ meters: Double) -> String {
    meters >= 1_000 ? "\(Words.significant(meters / 1_000, digits: 3)) km" : "\(Words.grouped(meters)) m"
  }

  static func days(_ days: Double) -> String {
    days == .infinity ? "more days than can be counted" : "\(Words.significant(days, digits: 3)) days"
  }

  /// nominal = share / (P · F · ticks a day): share is 0.9 / N, or 0.1 · 6/(π²n²) of the n-th novel series of a bin.
  private static func budget(_ window: WindowScore) -> String {
    let families = "F = \(Words.quantity(Double(window.familyCount), "family", plural: "families"))"
    guard window.isNovel else {
      return "× N = \(Words.quantity(Double(window.seriesCount), "series", plural: "series")) × \(families) ÷ 0.9"
    }
    return "a novel series, n = \(Words.grouped(Double(window.novelCount))) of its bin: × \(families) ÷ 0.1 · 6/(π²n²) = "
      + Words.significant(window.share, digits: 3)
  }
}
