/// The views of version 2, for people: names and times in words, recurrence intervals in days.
enum SchemaV2Views {
  static var script: String { clusters + sources + incidents + episodes + alerts }

  private static func time(_ column: String) -> String { SchemaV1.iso8601(column) }

  private static let significance = """
    observed, c.expected, CASE WHEN c.expected > 0 THEN c.observed / c.expected END AS ratio, c.ri AS recurrence_interval_days, \
    c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days
    """

  private static let clusters = """
    DROP VIEW clusters;
    CREATE VIEW clusters AS
      SELECT c.id, k.text AS keyword, \(time("c.opened_at")) AS opened_at, \(time("c.last_report_at")) AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.cell_count,
        c.near_duplicate_count, c.\(significance), c.episode
      FROM cluster AS c JOIN keyword AS k ON k.number = c.keyword;

    """

  private static let sources = """
    DROP VIEW sources;
    CREATE VIEW sources AS
      SELECT name, received, accepted, duplicate, late, rejected, \(time("last_seen_at")) AS last_seen_at,
        role, cancelled, near_duplicate, commonest_place, refused_keyword,
        EXISTS (SELECT 1 FROM source_outage AS o WHERE o.source = number AND o.ended_at IS NULL) AS is_stopped
      FROM source;

    """

  private static let incidents = """
    CREATE VIEW incidents AS
      SELECT c.id,
        (SELECT group_concat(k.text, ', ') FROM incident_keyword AS ik JOIN keyword AS k ON k.number = ik.keyword
          WHERE ik.incident = c.id) AS keywords,
        \(time("c.opened_at")) AS opened_at, \(time("c.last_report_at")) AS last_report_at, c.state, c.latitude, c.longitude,
        c.is_whole_area, c.episode_count, c.report_count, c.\(significance),
        \(time("c.first_seen_at")) AS first_seen_at, \(time("c.alerted_at")) AS alerted_at, c.best, c.explained_by
      FROM incident AS c;

    """

  private static let episodes = """
    CREATE VIEW episodes AS
      SELECT c.id, k.text AS keyword,
        (SELECT group_concat(o.text, ', ') FROM episode_keyword AS ek JOIN keyword AS o ON o.number = ek.keyword
          WHERE ek.episode = c.id AND ek.keyword <> c.keyword) AS other_keywords,
        \(time("c.opened_at")) AS opened_at, \(time("c.last_report_at")) AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.near_duplicate_count,
        c.\(significance), c.first_ri AS first_recurrence_interval_days,
        \(time("c.first_seen_at")) AS first_seen_at, \(time("c.alerted_at")) AS alerted_at, c.incident
      FROM episode AS c JOIN keyword AS k ON k.number = c.keyword;

    """

  /// Everything that was raised, of places and of sources.
  private static let alerts = """
    CREATE VIEW alerts AS
      SELECT \(time("c.alerted_at")) AS alerted_at, 'incident' AS kind, c.id, i.keywords AS subject, c.latitude, c.longitude,
        c.observed, c.expected, c.ri AS recurrence_interval_days
      FROM incident AS c JOIN incidents AS i ON i.id = c.id WHERE c.alerted_at IS NOT NULL
      UNION ALL
      SELECT \(time("o.alerted_at")), 'outage', NULL, s.name, NULL, NULL, 0, o.expected_count, NULL
      FROM source_outage AS o JOIN source AS s ON s.number = o.source;

    """
}
