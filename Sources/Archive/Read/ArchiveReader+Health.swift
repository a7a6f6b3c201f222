package import Engine
import Reports
import SQLite

/// A silence of a source, under the source's name.
package struct OutageRow: Equatable, Sendable {
  package let source: String
  package let outage: SourceOutage
}

/// How true one profile's statements are, under the profile's name.
package struct CalibrationRow: Equatable, Sendable {
  /// Nil where the store was not told.
  package let name: String?
  package let summary: CalibrationSummary

  /// The profile's name, else its number from one up.
  package var label: String { name ?? "\(UInt64(summary.profile) + 1)" }
}

extension ArchiveReader {
  /// Every silence that a source's own past does not explain, the latest first, then by the bytes of the name.
  package func outages() throws(ArchiveError) -> [OutageRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let select = try connection.prepare(
          """
          SELECT s.name, o.source, o.started_at, o.alerted_at, o.ended_at, o.expected_count
          FROM source_outage AS o CROSS JOIN source AS s ON s.number = o.source ORDER BY o.started_at DESC, s.name
          """)
        var rows: [OutageRow] = []
        while try select.step() {
          var cursor = ColumnCursor(from: 1)
          rows.append(
            OutageRow(
              source: select.text(0) ?? "",
              outage: SourceOutage(
                source: UInt32(clamping: select.count(&cursor)), startedAt: select.time(&cursor),
                alertedAt: select.time(&cursor), endedAt: select.optionalTime(&cursor), expectedCount: select.number(&cursor))))
        }
        return rows
      }
    }
  }

  /// What each profile's stream tells of its calibration, ascending by profile.
  package func calibrations() throws(ArchiveError) -> [CalibrationRow] {
    try snapshot { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        let columns = HealthTables.calibrationColumns.map { "c.\($0)" }.joined(separator: ", ")
        let select = try connection.prepare(
          """
          SELECT p.name, \(columns) FROM calibration AS c LEFT JOIN profile AS p ON p.number = c.profile ORDER BY c.profile
          """)
        var rows: [CalibrationRow] = []
        while try select.step() {
          var cursor = ColumnCursor(from: 1)
          rows.append(
            CalibrationRow(
              name: select.text(0),
              summary: CalibrationSummary(
                profile: UInt32(clamping: select.count(&cursor)), asOf: select.time(&cursor), isLearning: select.flag(&cursor),
                coveredDays: select.number(&cursor), warmUpDays: select.number(&cursor), shadowDays: select.number(&cursor),
                episodeFactor: select.number(&cursor), healthRatio: select.number(&cursor),
                seriesCount: select.count(&cursor), familyCount: UInt32(clamping: select.count(&cursor)),
                evictedSeriesCount: select.count(&cursor))))
        }
        return rows
      }
    }
  }
}
