/// Version 4 of the schema: the history of what was said, and side tables that searches use.
///
/// A row of `incident_change`, `episode_change` or `cluster_change` says what was said of an id from `at` on, until its next row; rows are
/// numbered in the order in which they were made. `history_state` tells how far back that goes. Tables that begin with `side_` are filled
/// when there is time; what waits to be filled in stands in `side_backlog`, and whoever reads them looks there, too.
enum SchemaV4 {
  static var script: String { tables + indexes + sides + views + baseline }

  static let kinds = ["incident", "episode", "cluster"]

  private static var tables: String {
    """
    CREATE TABLE history_state (
      kind TEXT PRIMARY KEY CHECK (kind IN ('incident', 'episode', 'cluster')),
      point_count INTEGER NOT NULL,
      cut_number INTEGER NOT NULL,
      latest_at INTEGER,
      complete_since INTEGER
    ) STRICT, WITHOUT ROWID;

    """ + kinds.map(table).joined()
  }

  private static func table(_ kind: String) -> String {
    """
    CREATE TABLE \(kind)_change (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
      merged_into TEXT,
      keyword INTEGER REFERENCES keyword (number),
      other_keywords TEXT,
      opened_at INTEGER, last_report_at INTEGER,
      latitude REAL, longitude REAL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL, episode_count INTEGER NOT NULL,
      observed INTEGER, expected REAL, ri REAL, ri_local REAL, ri_robust REAL,
      alerted_at INTEGER,
      above TEXT,
      CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
      CHECK ((state = 'merged') = (keyword IS NULL))
    ) STRICT;
    CREATE INDEX \(kind)_change_by_id ON \(kind)_change (id);
    CREATE INDEX \(kind)_change_by_time ON \(kind)_change (at);
    CREATE INDEX \(kind)_change_by_survivor ON \(kind)_change (merged_into) WHERE merged_into IS NOT NULL;

    """
  }

  /// What is open is little, whatever the store holds.
  private static var indexes: String {
    kinds.map { "CREATE INDEX \($0)_open ON \($0) (last_report_at DESC, id) WHERE state = 'open';\n" }.joined()
  }

  /// The number of a row is the id's 64 bits.
  private static var sides: String {
    """
    CREATE TABLE side_backlog (
      kind TEXT NOT NULL CHECK (kind IN ('incident', 'episode', 'cluster')),
      id TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE VIRTUAL TABLE side_incident_box USING rtree (number, west, east, south, north);
    CREATE VIRTUAL TABLE side_episode_box USING rtree (number, west, east, south, north);
    CREATE VIRTUAL TABLE side_cluster_box USING rtree (number, west, east, south, north);
    CREATE VIRTUAL TABLE side_episode_text USING fts5 (keywords, texts, tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE side_cluster_text USING fts5 (keywords, texts, tokenize = 'unicode61 remove_diacritics 2');

    """ + kinds.map { "INSERT INTO side_backlog (kind, id) SELECT '\($0)', id FROM \($0);\n" }.joined()
  }

  private static func time(_ column: String) -> String { SchemaV1.iso8601(column) }

  private static var views: String {
    kinds.map(view).joined() + """
      CREATE VIEW report_samples AS
        SELECT 'cluster' AS kind, s.cluster AS id, k.text AS keyword, s.rank, \(time("s.reported_at")) AS reported_at, s.source,
          s.report_id, s.text, s.near_duplicate_count
        FROM cluster_sample AS s JOIN cluster AS c ON c.id = s.cluster JOIN keyword AS k ON k.number = c.keyword
        UNION ALL
        SELECT 'episode', s.episode, k.text, s.rank, \(time("s.reported_at")), s.source, s.report_id, s.text,
          s.near_duplicate_count
        FROM episode_sample AS s JOIN episode AS c ON c.id = s.episode JOIN keyword AS k ON k.number = c.keyword;

      """
  }

  private static func view(_ kind: String) -> String {
    """
    CREATE VIEW \(kind)_history AS
      SELECT c.id, \(time("c.at")) AS at, c.state, c.merged_into,
        k.text || coalesce((SELECT ', ' || group_concat(o.text, ', ') FROM json_each(c.other_keywords) AS j
          JOIN keyword AS o ON o.number = j.value), '') AS keywords,
        \(time("c.opened_at")) AS opened_at, \(time("c.last_report_at")) AS last_report_at, c.latitude, c.longitude,
        c.report_count, c.witness_count, c.episode_count, c.observed, c.expected, c.ri AS recurrence_interval_days,
        c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days,
        \(time("c.alerted_at")) AS alerted_at, c.above
      FROM \(kind)_change AS c LEFT JOIN keyword AS k ON k.number = c.keyword;

    """
  }

  /// Of a store that is older than its history: what is open begins it, and it says since when it is complete.
  private static var baseline: String {
    let columns = """
      id, at, state, keyword, other_keywords, opened_at, last_report_at, latitude, longitude, report_count, witness_count,
      episode_count, observed, expected, ri, ri_local, ri_robust, alerted_at, above
      """
    let now = "(SELECT max(coalesce((SELECT max(last_report_at) FROM cluster), watermark), watermark) FROM meta)"
    let counts = "c.opened_at, c.last_report_at, c.latitude, c.longitude, c.report_count"
    let significance = "c.observed, c.expected, c.ri, c.ri_local, c.ri_robust"
    func others(_ kind: String, _ keyword: String) -> String {
      """
      (SELECT nullif(json_group_array(p.keyword), '[]') FROM (SELECT o.keyword FROM \(kind)_keyword AS o
        WHERE o.\(kind) = c.id AND o.keyword <> \(keyword) ORDER BY o.keyword) AS p)
      """
    }
    func insert(_ kind: String, _ values: String, _ tables: String) -> String {
      """
      INSERT INTO \(kind)_change (\(columns))
      SELECT c.id, \(now), 'open', \(values)
      FROM \(tables) WHERE c.state = 'open' AND \(now) IS NOT NULL ORDER BY c.id;
      INSERT INTO history_state
      SELECT '\(kind)', (SELECT count(*) FROM \(kind)_change), 0, \(now), \(now);

      """
    }
    return insert(
      "incident",
      "e.keyword, \(others("incident", "e.keyword")), \(counts), e.witness_count, c.episode_count, \(significance), c.alerted_at, "
        + "c.explained_by", "incident AS c JOIN episode AS e ON e.id = c.best")
      + insert(
        "episode",
        "c.keyword, \(others("episode", "c.keyword")), \(counts), c.witness_count, 0, \(significance), c.alerted_at, c.incident",
        "episode AS c")
      + insert(
        "cluster", "c.keyword, NULL, \(counts), c.witness_count, 0, \(significance), NULL, c.episode", "cluster AS c")
  }
}
