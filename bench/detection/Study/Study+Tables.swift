import Glibc

extension Study {
  /// Measured ÷ stated of every null.
  package func table(_ results: [FalseEpisodes]) -> Table {
    var table = Table(
      title: "Measured ÷ stated false episodes",
      note: """
        \(settings.episodeRuns) runs of \(settings.episodeBins) bins after \(settings.learnBins) bins of learning, \
        \(settings.side) × \(settings.side) cells; ± is the standard error between runs. An episode counts once, by the \
        recurrence interval that it states at last. Wanted: 0.5 to 1.5.
        """,
      columns: ["null"] + Self.recurrenceIntervals.map { "stated \(Int($0)) bins" } + ["episodes at 30"])
    for result in results {
      let ratios = Self.recurrenceIntervals.indices.map { Table.Value.estimate(result.ratio($0), digits: 2) }
      table.rows.append([.text(result.null.title)] + ratios + [.count(result.counts.reduce(0) { $0 + $1[0] })])
    }
    return table
  }

  /// Mean time to detect at equal false alarms.
  package func table(_ scores: [Scores]) -> Table {
    var table = Table(
      title: "Mean bins to detect at one false alarm in 30 bins",
      note: """
        Thresholds are found for each method on \(settings.thresholdRuns) runs of \(settings.thresholdBins) quiet bins, so \
        that all raise as many false alarms; \(settings.burstLearnBins) bins of learning before for Tocsin. STP has margins of 60 \
        bins, EBP a baseline of 28 or 56, EARS one of 7 in squares of all sizes. "Tocsin" has the product's defaults, which \
        reckon with rates that wander (v = 0.05); these nulls' do not. \(settings.burstRuns) bursts of each size last until they are detected; the bin of \
        the onset counts as the first; a burst that is not found within \(settings.burstBins) bins counts as \
        \(settings.burstBins + 1) ("missed"). ± is the standard error. "− STP" is the difference from STP over the same \
        bursts, below zero where the method is earlier.
        """,
      columns: ["null", "method", "false alarms a bin"]
        + Burst.Size.allCases.flatMap { ["\($0.rawValue) cells", "\($0.rawValue) − STP", "\($0.rawValue) missed"] })
    for one in scores {
      guard let threshold = one.threshold(rate: Self.comparedRate) else {
        let blank = Array(repeating: Table.Value.missing, count: 1 + 3 * Burst.Size.allCases.count)
        table.rows.append([.text(one.null.title), .text(one.method.rawValue)] + blank)
        continue
      }
      let peer = scores.first { $0.null == one.null && $0.method == Method.reference }
      var row: [Table.Value] = [
        .text(one.null.title), .text(one.method.rawValue),
        .number(one.falseAlarmRate(threshold: threshold), digits: 4),
      ]
      for size in Burst.Size.allCases {
        let delays = one.delays(size, threshold: threshold)
        row.append(.estimate(Estimate(delays), digits: 2))
        row.append(difference(delays, from: peer, one, size))
        row.append(.count(delays.count { $0 > Double(settings.burstBins) }))
      }
      table.rows.append(row)
    }
    return table
  }

  private func difference(_ delays: [Double], from peer: Scores?, _ one: Scores, _ size: Burst.Size) -> Table.Value {
    guard let peer, peer.method != one.method, let threshold = peer.threshold(rate: Self.comparedRate) else {
      return .missing
    }
    return .estimate(Estimate(zip(delays, peer.delays(size, threshold: threshold)).map { $0 - $1 }), digits: 2)
  }

  /// Burst intensities, so that the tables can be read.
  package var burstTable: Table {
    var table = Table(
      title: "Bursts", note: "Mean further reports a bin and cell; cells have about 0.2 to 1 report a bin by themselves.",
      columns: ["null"] + Burst.Size.allCases.map { "\($0.rawValue) cells" })
    for null in [Null.poisson, .clumped] {
      table.rows.append(
        [.text(null.title)] + Burst.Size.allCases.map { .number(Burst.intensity($0, null), digits: 2) })
    }
    return table
  }
}
