import Engine

extension Study {
  /// The dense null's clusters.
  package func table(_ result: DenseNull) -> Table {
    var table = Table(
      title: "Dense null",
      note: "One topic in 10 × 10 km for 60 days, no incident. Wanted: the largest cluster holds at most 1 % of the reports.",
      columns: ["reports", "clusters", "largest cluster's reports", "its share"])
    table.rows.append([
      .count(result.reportCount), .count(result.clusterCount), .count(result.largestReportCount),
      .number(result.largestShare, digits: 5),
    ])
    return table
  }

  /// What disturbances add.
  package func table(_ results: [Disturbed]) -> Table {
    var table = Table(
      title: "Disturbed streams",
      note: """
        The same Poisson stream, disturbed. Wanted: no extra episode, except where each of the 100,000 reports counts as a \
        witness, which only the robust recurrence interval can tell from an event.
        """,
      columns: ["disturbance", "episodes", "extra", "gone", "robust interval of the flood's episode, bins"])
    let plain = Set(results.first { $0.disturbance == .none }?.episodes ?? [])
    for result in results {
      let episodes = Set(result.episodes)
      table.rows.append([
        .text(result.disturbance.rawValue), .count(episodes.count), .count(episodes.subtracting(plain).count),
        .count(plain.subtracting(episodes).count), .number(result.floodedRobustBins, digits: 1),
      ])
    }
    return table
  }

  /// Time and memory.
  package func table(_ results: [Cost]) -> Table {
    var table = Table(
      title: "Cost",
      note: """
        Two keywords an event over 200 keywords and 2,500 cells: clumps of three events (uniform) or thirty (busy); and of \
        three over 2,000 keywords and 10,000 cells by Zipf's law. Processor time of the last day; memory is the growth of the \
        whole process and so an upper bound. A stream is run with a warm-up that never ends, and with one that ends two days before \
        the last: what scanning adds is the difference. Keeping the series is in both. Of a node's \(Census.nodeByteCount) bytes \
        \(Census.detectionNodeByteCount) are detection's.
        """,
      columns: [
        "choice", "scanned", "events", "live nodes", "apply ns/event", "scanning adds", "drain ns/event", "resident MB",
        "resident bytes/live node", "series", "young bins", "bytes/series",
      ])
    for result in results {
      let nodes = result.census.liveNodeCount
      let series = result.census.seriesCount
      let plain = results.first { $0.choice == result.choice && !$0.isScanned }
      table.rows.append([
        .text(result.choice.rawValue), .text(result.isScanned ? "yes" : "no"), .count(result.eventCount), .count(nodes),
        .number(result.applyNanoseconds, digits: 0), .number(result.applyNanoseconds - (plain?.applyNanoseconds ?? 0), digits: 0),
        .number(result.drainNanoseconds, digits: 0),
        .number(Double(result.residentByteCount) / 1e6, digits: 0),
        .number(Double(result.residentByteCount) / Double(max(1, nodes)), digits: 0), .count(series),
        .count(result.census.entryCount), .number(Double(result.census.seriesByteCount) / Double(max(1, series)), digits: 1),
      ])
    }
    return table
  }
}
