extension Study {
  /// False alarms a bin at which the curves are drawn.
  private static let curveRates = [300, 200, 150, 100, 70, 50, 40, 30, 25, 20, 15, 12, 10, 8, 6, 5].map { 1 / Double($0) }

  /// The activity monitor operating characteristic (Fawcett & Provost 1999): mean time to detect over false alarms a bin.
  package func curves(_ scores: [Scores], _ null: Null, _ size: Burst.Size) -> LineChart {
    var chart = LineChart(
      title: "Bursts of \(size.rawValue) cell\(size == .one ? "" : "s"), \(null.title)",
      xTitle: "false alarms a bin (a bin is a day)", yTitle: "mean bins to detect", xRange: 1.0 / 320...1.0 / 5,
      yRange: 1...8,
      xTicks: [300, 100, 50, 30, 20, 10, 5].map { (value: 1 / Double($0), label: "1/\($0)") }, xMark: Self.comparedRate)
    for one in scores where one.null == null {
      let points = Self.curveRates.compactMap { rate -> (x: Double, y: Double)? in
        guard let threshold = one.threshold(rate: rate) else { return nil }
        return (one.falseAlarmRate(threshold: threshold), Estimate(one.delays(size, threshold: threshold)).mean)
      }
      chart.series.append(LineChart.Series(name: one.method.rawValue, points: points))
    }
    let highest = chart.series.flatMap(\.points).map(\.y).max() ?? 4
    chart.yRange = 1...max(4, (highest + 0.25).rounded(.up))
    return chart
  }
}
