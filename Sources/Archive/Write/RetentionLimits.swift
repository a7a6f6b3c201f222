/// How long is kept what the store holds, in whole days of event time before the day of the watermark.
package struct RetentionLimits: Equatable, Sendable {
  /// What reports say: sample texts, and refused events by their receipt.
  package var textDays: Int
  /// Hourly counts.
  package var countDays: Int
  /// Closed incidents with their episodes, and closed clusters, by their last report.
  package var summaryDays: Int

  package init(textDays: Int = 366, countDays: Int = 1_830, summaryDays: Int = 3_660) {
    self.textDays = textDays
    self.countDays = countDays
    self.summaryDays = summaryDays
  }

  func days(of tier: RetentionTier) -> Int {
    switch tier {
    case .texts: textDays
    case .counts: countDays
    case .summaries: summaryDays
    }
  }
}
