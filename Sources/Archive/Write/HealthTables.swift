import Engine
import Reports
import SQLite

/// Writes what detection says of its own state: `source_outage` and `calibration`.
struct HealthTables: ~Copyable {
  private let outage: UpsertStatement
  private let calibration: UpsertStatement
}

extension HealthTables {
  static let calibrationColumns = [
    "profile", "as_of", "is_learning", "covered_days", "warm_up_days", "shadow_days", "episode_factor", "health_ratio",
    "series_count", "family_count", "evicted_series_count",
  ]

  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      outage: UpsertStatement(
        "source_outage", ["source", "started_at", "alerted_at", "ended_at", "expected_count"], keyCount: 2, on: connection),
      calibration: UpsertStatement("calibration", Self.calibrationColumns, on: connection))
  }

  func write(_ changes: Changes) throws(SQLiteError) {
    for row in changes.outages {
      try outage.write([
        .count(row.source), .time(row.startedAt), .time(row.alertedAt), .time(row.endedAt), .number(row.expectedCount),
      ])
    }
    for row in changes.calibrations {
      try calibration.write([
        .count(row.profile), .time(row.asOf), .flag(row.isLearning), .number(row.coveredDays), .number(row.warmUpDays),
        .number(row.shadowDays), .number(row.episodeFactor), .number(row.healthRatio), .count(row.seriesCount),
        .count(row.familyCount), .count(row.evictedSeriesCount),
      ])
    }
  }
}
