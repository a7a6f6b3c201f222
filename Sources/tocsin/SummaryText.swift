import Archive
import Engine
import Render
import Reports

/// One summary in lines for people: a name, three spaces or more, what there is to say.
enum SummaryText {
  /// The head of every page on one summary.
  static func head(_ detail: SummaryDetail) -> String {
    switch detail {
    case .incident(let incident): head(incident.row)
    case .episode(let episode): head(episode.row)
    case .cluster(let cluster): head(cluster)
    }
  }

  static func line(_ name: String, _ text: String) -> String {
    name + String(repeating: " ", count: max(2, 11 - name.count)) + text + "\n"
  }

  private static func head(_ row: IncidentRow) -> String {
    let summary = row.summary
    var text = line("incident", "\(summary.id)  (\(summary.isClosed ? "closed" : "open"))")
    text += line("keywords", harmless(row.keywords.joined(separator: ", ")))
    let episodes = Words.quantity(Double(summary.episodeCount), "episode")
    text += line(
      "reports", "\(Words.quantity(Double(summary.reportCount), "report")) in \(episodes), the best is \(summary.best)")
    text += line("time", "\(summary.openedAt) to \(summary.lastReportAt)")
    text += place(summary.centroid, summary.boundingBox, isWholeArea: summary.isWholeArea)
    text += score(summary.significance)
    text += alert(summary.alertedAt)
    if let explainedBy = summary.explainedBy {
      text += line("explained", "by incident \(explainedBy), which holds more than half of what is unusual here")
    }
    return text + ActText.lines(row.acts)
  }

  private static func head(_ row: EpisodeRow) -> String {
    let summary = row.summary
    var text = line("episode", "\(summary.id)  (\(summary.isClosed ? "closed" : "open"))")
    text += line("keyword", harmless(row.keywords[0]))
    if row.keywords.count > 1 {
      text += line("", "also told under: \(harmless(row.keywords.dropFirst().joined(separator: ", ")))")
    }
    text += line("reports", counts(summary.reportCount, summary.witnessCount, UInt64(summary.sourceCount)))
    text += line("time", "\(summary.openedAt) to \(summary.lastReportAt)")
    text += place(summary.centroid, summary.boundingBox, isWholeArea: summary.windows.first?.isWholeArea ?? false)
    text += score(summary.significance)
    text += alert(summary.alertedAt)
    return text + line("incident", "\(summary.incident)")
  }

  private static func head(_ detail: ClusterDetail) -> String {
    let row = detail.row
    var text = line("cluster", "\(row.id)  (\(row.state.rawValue))")
    text += line("keywords", harmless(row.keywords.joined(separator: ", ")))
    text += line("reports", counts(row.reportCount, row.witnessCount, UInt64(row.sourceCount)))
    text += line("time", "\(row.openedAt) to \(row.lastReportAt)")
    text += place(row.location, row.boundingBox, isWholeArea: false)
    if let significance = row.significance { text += score(significance) }
    if let episode = row.episode { text += line("episode", "\(episode)") }
    let cells = detail.cells.map { "\($0.cell.row)/\($0.cell.column): \($0.reportCount)" }
    return text + line("cells", cells.joined(separator: ", "))
  }

  static func counts(_ reports: UInt64, _ witnesses: UInt64, _ sources: UInt64) -> String {
    "\(Words.quantity(Double(reports), "report")), by \(Words.quantity(Double(witnesses), "witness", plural: "witnesses")) "
      + "from \(Words.quantity(Double(sources), "source"))"
  }

  private static func place(_ center: Coordinate?, _ box: BoundingBox?, isWholeArea: Bool) -> String {
    var text = isWholeArea ? line("where", "the whole area") : ""
    if let center { text += line("centre", degrees([center.latitudeE7, center.longitudeE7])) }
    if let box {
      text += line("box", degrees([box.westE7, box.southE7]) + " to " + degrees([box.eastE7, box.northE7]))
    }
    return text
  }

  static func degrees(_ valuesE7: [Int32]) -> String {
    valuesE7.map { "\(Double($0) / 1e7)" }.joined(separator: ", ")
  }

  private static func score(_ significance: Significance) -> String {
    let ratio = significance.ratio.isFinite ? ", \(Words.estimate(significance.ratio)) times as many" : ""
    let witnesses = Words.quantity(Double(significance.observed), "witness", plural: "witnesses")
    return line("unusual", "\(witnesses) where \(Words.estimate(significance.expected)) were expected\(ratio)")
      + line("", "by chance as much comes once in \(Words.interval(days: significance.recurrenceIntervalDays))")
  }

  private static func alert(_ alertedAt: Timestamp?) -> String {
    line("alert", alertedAt.map { "alerted at \($0)" } ?? "not alerted")
  }

  /// The texts of reports, with nearly equal ones folded.
  static func samples(_ samples: [SampleText]) -> String {
    if samples.isEmpty { return "" }
    var text = "\nThe first reports with different texts:\n"
    for sample in samples {
      text += "  \(sample.reportedAt)  \(harmless(sample.source))  \(harmless(sample.reportID))\n      \(harmless(sample.text))\n"
      if sample.nearDuplicateCount > 0 { text += "      and \(sample.nearDuplicateCount) nearly the same\n" }
    }
    return text
  }
}
