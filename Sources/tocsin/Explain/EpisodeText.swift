import Archive
import Engine
import Render
import Reports

/// Why an episode is one: every number that its score is made of, in words.
enum EpisodeText {
  static func explain(_ detail: EpisodeDetail, _ dial: Dial) -> String {
    let summary = detail.row.summary
    var text = "\nWhy\n" + why(summary, dial)
    text += "\nWhat the expectation rests on\n" + baseline(summary.baseline)
    text += section("Where: witnesses for expected ones, in the cells of the best window", cells(summary))
    text += section("When: witnesses for expected ones, in the bins of the best window", bins(summary))
    text += section(windowTitle(summary), windows(summary))
    text += SummaryText.samples(detail.samples)
    return text + section("The clusters below it", clusters(detail.clusters))
  }

  static func section(_ title: String, _ lines: String) -> String { lines.isEmpty ? "" : "\n\(title)\n\(lines)" }

  private static func why(_ summary: EpisodeSummary, _ dial: Dial) -> String {
    let (latest, first) = (summary.significance, summary.firstSignificance)
    var text = "  latest  \(score(latest)), seen at \(summary.lastSeenAt)\n"
    text += "  first   \(score(first)), seen at \(summary.firstSeenAt)\n"
    text += "  local   \(local(latest.recurrenceIntervalLocalDays, dial))\n"
    text += "  robust  \(robust(latest.recurrenceIntervalRobustDays, dial, sourceCount: summary.sourceCount))\n"
    if summary.nearDuplicateCount > 0 {
      let share = Double(summary.nearDuplicateCount) / Double(max(summary.reportCount, 1))
      text += "  texts   \(Words.percent(share)) of the reports say nearly what another one says\n"
    }
    let identicalShare = Double(summary.identicalPlaceCount) / Double(max(summary.reportCount, 1))
    if identicalShare > 0.5 {
      text +=
        "  places  \(Words.percent(identicalShare)) of the reports stand at the very same coordinates as another: likely a "
        + "default geocode, not a place\n"
    }
    return text
  }

  static func score(_ significance: Significance) -> String {
    let interval = Words.interval(days: significance.recurrenceIntervalDays)
    return "\(significance.observed) witnesses where \(Words.estimate(significance.expected)) were expected; by chance as much "
      + "comes once in \(interval), calibrated"
  }

  private static func local(_ days: Double, _ dial: Dial) -> String {
    let interval = Words.interval(days: days)
    if days.isNaN { return "not known: what the whole area shares cannot be told apart" }
    if dial.alerts(days) { return "also unusual without what the whole area shares: once in \(interval)\(dial.words)" }
    if days >= Dial.ordinaryDays {
      return "less unusual without what the whole area shares, such as a storm: once in \(interval)\(dial.words)"
    }
    return "ordinary without what the whole area shares, such as a storm or a holiday: once in \(interval)"
  }

  private static func robust(_ days: Double, _ dial: Dial, sourceCount: UInt32) -> String {
    let interval = Words.interval(days: days)
    if sourceCount == 1 { return "rests on one source" + (days.isNaN ? "" : ": without it once in \(interval)") }
    if days.isNaN { return "not known without its most prolific source" }
    if dial.alerts(days) { return "also unusual without its most prolific source: once in \(interval)\(dial.words)" }
    if days >= Dial.ordinaryDays {
      return "less unusual without its most prolific source: once in \(interval)\(dial.words)"
    }
    return "rests on one source: without the most prolific one as much comes once in \(interval)"
  }

  private static func baseline(_ baseline: EpisodeSummary.Baseline) -> String {
    """
      \(Words.estimate(baseline.perDay)) reports a day in the best window, before season (× \
    \(Words.significant(baseline.seasonFactor, digits: 3)))
      learned over \(Words.estimate(baseline.coveredDays)) covered days, without the last \
    \(Words.estimate(baseline.guardDays)) before the window (guard)
      \(Words.percent(baseline.priorShare)) of it is not learned here, but from the keyword's and the place's shares of all reports

    """
  }

  private static func cells(_ summary: EpisodeSummary) -> String {
    let rows = summary.cells.map { cell in
      let name =
        cell.cell == .nowhere
        ? "no place"
        : "\(cell.cell.row)/\(cell.cell.column) at \(SummaryText.degrees([middle(cell.box.southE7, cell.box.northE7), middle(cell.box.westE7, cell.box.eastE7)]))"
      return BarText.Row(name: name, observed: Double(cell.observed), expected: cell.expected)
    }
    return BarText.lines(rows, what: "cells")
  }

  /// To about ten metres.
  private static func middle(_ a: Int32, _ b: Int32) -> Int32 { Int32((Int64(a) + Int64(b)) / 2 / 1_000 * 1_000) }

  private static func bins(_ summary: EpisodeSummary) -> String {
    BarText.lines(
      summary.bins.map { .init(name: "\($0.startsAt)", observed: Double($0.observed), expected: $0.expected) }, what: "bins")
  }

  private static func windowTitle(_ summary: EpisodeSummary) -> String {
    let count = UInt64(summary.windows.count)
    return summary.windowCount > count
      ? "The \(count) most unusual of the \(Words.grouped(Double(summary.windowCount))) windows that fired"
      : "Every window that fired, the most unusual first"
  }

  private static func windows(_ summary: EpisodeSummary) -> String {
    let calibrated = summary.significance.recurrenceIntervalDays
    return summary.windows.enumerated().map {
      "  " + WindowText.lines($1, number: $0 + 1, calibratedDays: $0 == 0 && !calibrated.isNaN ? calibrated : nil)
    }.joined()
  }

  private static func clusters(_ rows: [ClusterRow]) -> String {
    rows.map {
      "  \($0.id)  \(SummaryText.counts($0.reportCount, $0.witnessCount, UInt64($0.sourceCount))), \($0.openedAt) to \($0.lastReportAt)\n"
    }.joined()
  }
}
