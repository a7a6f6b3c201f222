package import Platform

extension Study {
  /// Nulls on which bursts are injected.
  private static let burstNulls = [Null.poisson, .clumped]

  /// Runs some parts and gives what they say; `progress` is told a line before each that takes long.
  package func run(
    _ parts: [StudyPart], progress: (String) throws(SystemError) -> Void
  ) throws(SystemError) -> StudyReport {
    var report = StudyReport(seed: settings.seed)
    // First, while the process is small: memory is measured by its growth.
    var costs: [Cost] = []
    if parts.contains(.cost) {
      for choice in settings.costChoices {
        for isScanned in [false, true] {
          try progress("cost, \(choice.rawValue), \(isScanned ? "scanned" : "not scanned")")
          costs.append(cost(choice, isScanned: isScanned))
        }
      }
    }
    if parts.contains(.episodes) {
      var results: [FalseEpisodes] = []
      for null in Null.allCases {
        try progress("false episodes, \(null.title)")
        results.append(try falseEpisodes(null))
      }
      report.tables.append(table(results))
    }
    if parts.contains(.delays) { try runDelays(&report, progress: progress) }
    if parts.contains(.dense) {
      try progress("dense null")
      report.tables.append(table(denseNull()))
    }
    if parts.contains(.disturbances) {
      try progress("disturbances")
      report.tables.append(table(try disturbed()))
    }
    if !costs.isEmpty { report.tables.append(table(costs)) }
    return report
  }

  private func runDelays(
    _ report: inout StudyReport, progress: (String) throws(SystemError) -> Void
  ) throws(SystemError) {
    var all: [Scores] = []
    for null in Self.burstNulls {
      for method in settings.methods {
        try progress("delays, \(null.title), \(method.rawValue)")
        all.append(try scores(method, null))
      }
    }
    report.tables.append(table(all))
    report.tables.append(burstTable)
    for null in Self.burstNulls {
      for size in Burst.Size.allCases {
        report.charts.append((name: "amoc-\(null.rawValue)-\(size.rawValue)", chart: curves(all, null, size)))
      }
    }
  }
}
