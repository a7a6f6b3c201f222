/// Version 6 of the schema: what the days of keywords, lists of earlier times and silences are looked up by, and how long what is kept.
///
/// `rollup_daily` and `rollup_total` say what `rollup_hourly` adds up to, over all cells, by days since the epoch and altogether.
/// A point of history is made at a tick behind all reports that it tells of, so that the index by report ends with those of the tick;
/// after a clock that was set back it may tell of later ones, and stands in the index `…_ahead`, which is empty else.
/// A row of `retention` says for how many days of event time a tier is kept, and since when it is whole: NULL as long as nobody has written
/// it. Samples are found by their time, and absorbed ids by what holds them.
enum SchemaV6 {
  static var script: String { days + history + lists + retention }

  /// The day of an hour, rounded down before 1970, too.
  static func day(ofHour hour: String) -> String { "(\(hour) - 23 * (\(hour) < 0)) / 24" }

  private static var days: String {
    """
    CREATE TABLE rollup_daily (
      keyword INTEGER NOT NULL,
      day INTEGER NOT NULL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL,
      PRIMARY KEY (keyword, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup_total (
      keyword INTEGER PRIMARY KEY,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL,
      first_day INTEGER NOT NULL, last_day INTEGER NOT NULL
    ) STRICT;
    INSERT INTO rollup_daily SELECT keyword, \(day(ofHour: "hour")), report_count, witness_count FROM rollup_hourly WHERE TRUE
      ON CONFLICT DO UPDATE SET report_count = report_count + excluded.report_count,
        witness_count = witness_count + excluded.witness_count;
    INSERT INTO rollup_total
      SELECT keyword, sum(report_count), sum(witness_count), min(day), max(day) FROM rollup_daily GROUP BY keyword;
    CREATE INDEX rollup_daily_by_count ON rollup_daily (keyword, report_count DESC, day, witness_count);

    """
  }

  private static var history: String {
    SchemaV4.kinds.map {
      """
      CREATE INDEX \($0)_change_by_report ON \($0)_change (last_report_at DESC, id) WHERE state <> 'merged';
      CREATE INDEX \($0)_change_ahead ON \($0)_change (at) WHERE last_report_at > at;

      """
    }.joined()
  }

  /// With all that is asked where a page of a list is looked for, or what a silence is of: the rows themselves lie all over the file.
  private static let lists = """
    DROP INDEX cluster_by_place;
    CREATE INDEX cluster_by_place ON cluster (latitude, longitude, last_report_at, opened_at, state);
    DROP INDEX cluster_by_keyword;
    CREATE INDEX cluster_by_keyword ON cluster (keyword, last_report_at DESC, id, opened_at, state, latitude, longitude);
    CREATE INDEX incident_by_span ON incident (last_report_at, opened_at, state, latitude, longitude, is_whole_area, explained_by);

    """

  private static let retention = """
    CREATE TABLE retention (
      tier TEXT PRIMARY KEY CHECK (tier IN ('texts', 'counts', 'summaries')),
      days INTEGER CHECK (days > 0),
      complete_since INTEGER
    ) STRICT, WITHOUT ROWID;
    INSERT INTO retention (tier) VALUES ('texts'), ('counts'), ('summaries');
    CREATE INDEX cluster_sample_by_time ON cluster_sample (reported_at);
    CREATE INDEX episode_sample_by_time ON episode_sample (reported_at);
    CREATE INDEX cluster_merge_by_survivor ON cluster_merge (survivor);

    """
}
