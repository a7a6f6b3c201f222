import Engine
import Reports
import SQLite

/// Writes episodes: `episode`, `episode_keyword`, `episode_window`, `episode_cell` and `episode_bin`.
struct EpisodeTables: ~Copyable {
  private let upsert: UpsertStatement
  private let keywords: ChildRows
  private let windows: ChildRows
  private let cells: ChildRows
  private let bins: ChildRows
}

extension EpisodeTables {
  /// The columns of `episode`, in the order in which `values` and `EpisodeRow` have them.
  static let columns = [
    "id", "incident", "keyword", "state", "first_seen_at", "last_seen_at", "opened_at", "last_report_at", "latitude",
    "longitude", "west", "south", "east", "north", "report_count", "witness_count", "source_count", "near_duplicate_count",
    "identical_place_count", "observed", "expected", "ri", "ri_local", "ri_robust", "first_observed", "first_expected",
    "first_ri", "first_ri_local", "first_ri_robust", "alerted_at", "baseline_per_day", "baseline_covered_days",
    "baseline_prior_share", "baseline_season_factor", "baseline_guard_days", "window_count",
  ]

  /// The columns of `episode_window` after the episode and the rank.
  static let windowColumns = [
    "is_whole_area", "west", "south", "east", "north", "side_meters", "starts_at", "ends_at", "duration_bins", "tested_at",
    "observed", "expected", "dispersion", "variance_ratio", "log_tail_probability", "series_count", "family_count",
    "ticks_per_day", "nominal_ri", "is_novel",
  ]

  static let cellColumns = ["west", "south", "east", "north", "observed", "expected"]

  /// Prepares the statements.
  init(on connection: borrowing Connection) throws(SQLiteError) {
    try self.init(
      upsert: UpsertStatement("episode", Self.columns, on: connection),
      keywords: ChildRows("episode_keyword", parent: "episode", key: "keyword", columns: [], on: connection),
      windows: ChildRows("episode_window", parent: "episode", key: "rank", columns: Self.windowColumns, on: connection),
      cells: ChildRows("episode_cell", parent: "episode", key: "cell", columns: Self.cellColumns, on: connection),
      bins: ChildRows("episode_bin", parent: "episode", key: "starts_at", columns: ["observed", "expected"], on: connection))
  }

  /// Replaces an episode's row, and what has changed of its keywords, windows, cells and bins.
  func write(_ summary: EpisodeSummary) throws(SQLiteError) {
    try upsert.write(Self.values(summary))
    try keywords.write(([summary.keyword] + summary.otherKeywords).map { .init(key: Int64($0)) }, of: summary.id)
    try windows.write(
      summary.windows.enumerated().map { ChildRows.Row(key: Int64($0), values: Self.values($1)) }, of: summary.id)
    try cells.write(
      summary.cells.map {
        .init(
          key: Int64(bitPattern: $0.cell.rawValue),
          values: StoredValue.box($0.box) + [.count($0.observed), .number($0.expected)])
      }, of: summary.id)
    try bins.write(
      summary.bins.map { .init(key: $0.startsAt.microseconds, values: [.count($0.observed), .number($0.expected)]) },
      of: summary.id)
  }

  private static func values(_ summary: EpisodeSummary) -> [StoredValue] {
    let baseline = summary.baseline
    var values: [StoredValue] = [
      .id(summary.id), .id(summary.incident), .count(summary.keyword), .state(isClosed: summary.isClosed),
      .time(summary.firstSeenAt), .time(summary.lastSeenAt), .time(summary.openedAt), .time(summary.lastReportAt),
    ]
    values += StoredValue.place(summary.centroid) + StoredValue.box(summary.boundingBox)
    values += [
      .count(summary.reportCount), .count(summary.witnessCount), .count(summary.sourceCount), .count(summary.nearDuplicateCount),
      .count(summary.identicalPlaceCount),
    ]
    values += StoredValue.significance(summary.significance) + StoredValue.significance(summary.firstSignificance)
    values += [
      .time(summary.alertedAt), .number(baseline.perDay), .number(baseline.coveredDays), .number(baseline.priorShare),
      .number(baseline.seasonFactor), .number(baseline.guardDays), .count(summary.windowCount),
    ]
    return values
  }

  private static func values(_ window: WindowScore) -> [StoredValue] {
    [.flag(window.isWholeArea)] + StoredValue.box(window.box) + [
      .number(window.sideMeters), .time(window.startsAt), .time(window.endsAt), .count(window.durationBins),
      .time(window.testedAt), .count(window.observed), .number(window.expected), .number(window.dispersion),
      .number(window.varianceRatio), .number(window.logTailProbability), .count(window.seriesCount), .count(window.familyCount),
      .number(window.ticksPerDay), .number(window.nominalRecurrenceIntervalDays), .flag(window.isNovel),
    ]
  }
}
