import Engine
package import Reports
import SQLite

/// Reports and witnesses of one hour.
package struct HourCount: Equatable, Sendable {
  package var reportCount: UInt64 = 0
  package var witnessCount: UInt64 = 0

  package init() {}
}

extension ArchiveReader {
  /// The hourly counts of the keywords that a filter admits, from the cells whose middles it admits, by hours since the epoch; what
  /// hours do not have brought nothing. A report of several of the keywords counts under each.
  ///
  /// - Complexity: O(hourly roll-ups of the keywords in the interval).
  package func hours(_ filter: ClusterFilter, _ interval: Range<Timestamp>) throws(ArchiveError) -> [Int64: HourCount] {
    var wanted = RollupFilter()
    wanted.since = interval.lowerBound
    wanted.until = interval.upperBound
    let (first, last) = wanted.hours
    let grid = filter.hasPlace ? try grid(of: try meta()) : nil
    var admitted: [CellID: Bool] = [:]
    return try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let numbers = try keywordNumbers(filter.keywordWords, further: filter.furtherKeywords)
        let select = try connection.prepare(
          """
          SELECT r.hour, r.cell, r.report_count, r.witness_count FROM json_each(?3) AS k
          CROSS JOIN rollup_hourly AS r ON r.keyword = k.value WHERE r.hour BETWEEN ?1 AND ?2
          """)
        try select.bind(first, at: 1)
        try select.bind(last, at: 2)
        try select.bind(numbers, at: 3)
        var hours: [Int64: HourCount] = [:]
        while try select.step() {
          let count = ClusterSummary.CellCount(select, from: 1)
          if let grid {
            let isAdmitted = admitted[count.cell] ?? grid.place(of: count.cell).map { filter.admits($0) } ?? false
            admitted[count.cell] = isAdmitted
            guard isAdmitted else { continue }
          }
          let hour = select.integer(0) ?? 0
          var sum = hours[hour] ?? HourCount()
          sum.reportCount += count.reportCount
          sum.witnessCount += count.witnessCount
          hours[hour] = sum
        }
        return hours
      }
    }
  }

  /// Hours by which the local clock is ahead of UTC, as detection takes it: as the settings say, else by the longitude of a place.
  package func localOffsetHours(_ filter: ClusterFilter) throws(ArchiveError) -> Int64 {
    let setting = try meta().settingsFingerprint.split(separator: "\n").first { $0.hasPrefix("cluster.utcOffsetMinutes=") }
    if let minutes = setting?.split(separator: "=").last.flatMap({ Double($0) }) { return Int64((minutes / 60).rounded()) }
    if let near = filter.near { return Self.offsetHours(longitude: Double(near.center.longitudeE7) / 1e7) }
    let grid = try grid(of: try meta())
    return try storing { () throws(SQLiteError) in
      let select = try connection.prepare("SELECT cell FROM (SELECT cell FROM rollup_hourly LIMIT 10000) WHERE cell >= 0 LIMIT 1")
      guard try select.step() else { return 0 }
      let cell = CellID(rawValue: UInt64(bitPattern: select.integer(0) ?? -1))
      return grid.place(of: cell).map { Self.offsetHours(longitude: Double($0.longitudeE7) / 1e7) } ?? 0
    }
  }

  private static func offsetHours(longitude: Double) -> Int64 { Int64((longitude / 15).rounded()) }

  /// From when to when the store has seen reports, as far as its baselines tell; nil where nothing has been scored yet.
  package func coverage() throws(ArchiveError) -> Range<Timestamp>? {
    guard let calibration = try calibrations().first?.summary, calibration.coveredDays.isFinite, calibration.coveredDays >= 0,
      let watermark = try meta().watermark
    else { return nil }
    let start = Timestamp(microseconds: calibration.asOf.microseconds - Int64(min(calibration.coveredDays, 1e6) * 86_400e6))
    return start <= watermark ? start..<watermark : nil
  }
}
