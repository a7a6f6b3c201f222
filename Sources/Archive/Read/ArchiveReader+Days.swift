import Engine
import Reports

extension ArchiveReader {
  private struct Day {
    var reportCount: UInt64 = 0
    var witnessCount: UInt64 = 0
    var cells: [CellID: UInt64] = [:]
  }

  /// The days on which a keyword brought the most reports above what it usually brings, the greatest excess first.
  ///
  /// The filter's place, words, interval and limit count; the usual is taken over the whole of the store.
  ///
  /// - Complexity: O(hourly roll-ups of the keywords).
  package func days(_ filter: ClusterFilter) throws(ArchiveError) -> [DayRow] {
    var wanted = RollupFilter()
    wanted.keywordWords = filter.keywordWords
    wanted.furtherKeywords = filter.furtherKeywords
    let grid = try grid(of: try meta())
    let isEverywhere = filter.near == nil && filter.boundingBox == nil
    var keywords: [String: [Int64: Day]] = [:]
    var span: ClosedRange<Int64>?
    for row in try rollups(wanted) {
      let number = Int64(row.hour).quotient(24)
      span = span.map { min($0.lowerBound, number)...max($0.upperBound, number) } ?? number...number
      guard isEverywhere || row.cell != .nowhere && filter.admits(grid.center(of: row.cell)) else { continue }
      var day = keywords[row.keyword]?[number] ?? Day()
      day.reportCount += row.reportCount
      day.witnessCount += row.witnessCount
      if row.cell != .nowhere { day.cells[row.cell, default: 0] += row.reportCount }
      keywords[row.keyword, default: [:]][number] = day
    }
    guard let span else { return [] }
    var rows: [DayRow] = []
    for (keyword, days) in keywords {
      let usual = Double(days.values.reduce(0) { $0 + $1.reportCount }) / Double(span.count)
      for (number, day) in days {
        let start = Timestamp(seconds: number * 86_400)
        let end = Timestamp(seconds: (number + 1) * 86_400)
        guard filter.since.map({ $0 < end }) ?? true, filter.until.map({ start < $0 }) ?? true else { continue }
        let busiest = day.cells.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        rows.append(
          DayRow(
            keyword: keyword, day: start, reportCount: day.reportCount, witnessCount: day.witnessCount, usualCount: usual,
            location: busiest.map(grid.center)))
      }
    }
    rows.sort { $0.excess != $1.excess ? $0.excess > $1.excess : ($0.day, $0.keyword) < ($1.day, $1.keyword) }
    return Array(rows.prefix(filter.limit ?? .max))
  }

  /// The grid that the store's cells belong to.
  func grid(of meta: ArchiveMeta) throws(ArchiveError) -> CellGrid {
    let line = meta.settingsFingerprint.split(separator: "\n").first { $0.hasPrefix("cluster.cellMeters=") }
    guard let text = line?.split(separator: "=").last, let cellMeters = Double(text), Limits.cellMeters.contains(cellMeters)
    else {
      throw .corrupt(path: path, detail: "its settings do not say cellMeters")
    }
    return CellGrid(cellMeters: cellMeters)
  }
}

extension Int64 {
  /// Division rounded down.
  fileprivate func quotient(_ divisor: Int64) -> Int64 { self >= 0 ? self / divisor : (self - divisor + 1) / divisor }
}
