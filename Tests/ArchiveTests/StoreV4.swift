/// A store as version 4 made it, to the letter: what migrations start from. It never changes.
enum StoreV4 {
  static let schema =
    tables + """
      PRAGMA application_id = 0x54435331;
      PRAGMA user_version = 4;
      """

  /// Its tables, indexes and views: those of version 3, none of which it changed, and its own.
  static let tables =
    StoreV3.tables + """
      CREATE TABLE history_state (
        kind TEXT PRIMARY KEY CHECK (kind IN ('incident', 'episode', 'cluster')),
        point_count INTEGER NOT NULL,
        cut_number INTEGER NOT NULL,
        latest_at INTEGER,
        complete_since INTEGER
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE incident_change (
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
      CREATE INDEX incident_change_by_id ON incident_change (id);
      CREATE INDEX incident_change_by_time ON incident_change (at);
      CREATE INDEX incident_change_by_survivor ON incident_change (merged_into) WHERE merged_into IS NOT NULL;
      CREATE TABLE episode_change (
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
      CREATE INDEX episode_change_by_id ON episode_change (id);
      CREATE INDEX episode_change_by_time ON episode_change (at);
      CREATE INDEX episode_change_by_survivor ON episode_change (merged_into) WHERE merged_into IS NOT NULL;
      CREATE TABLE cluster_change (
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
      CREATE INDEX cluster_change_by_id ON cluster_change (id);
      CREATE INDEX cluster_change_by_time ON cluster_change (at);
      CREATE INDEX cluster_change_by_survivor ON cluster_change (merged_into) WHERE merged_into IS NOT NULL;
      CREATE INDEX incident_open ON incident (last_report_at DESC, id) WHERE state = 'open';
      CREATE INDEX episode_open ON episode (last_report_at DESC, id) WHERE state = 'open';
      CREATE INDEX cluster_open ON cluster (last_report_at DESC, id) WHERE state = 'open';
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
      CREATE VIEW incident_history AS
        SELECT c.id, strftime('%Y-%m-%dT%H:%M:%SZ', (c.at) / 1000000 - ((c.at) % 1000000 < 0), 'unixepoch') AS at, c.state, c.merged_into,
          k.text || coalesce((SELECT ', ' || group_concat(o.text, ', ') FROM json_each(c.other_keywords) AS j
            JOIN keyword AS o ON o.number = j.value), '') AS keywords,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at, c.latitude, c.longitude,
          c.report_count, c.witness_count, c.episode_count, c.observed, c.expected, c.ri AS recurrence_interval_days,
          c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, c.above
        FROM incident_change AS c LEFT JOIN keyword AS k ON k.number = c.keyword;
      CREATE VIEW episode_history AS
        SELECT c.id, strftime('%Y-%m-%dT%H:%M:%SZ', (c.at) / 1000000 - ((c.at) % 1000000 < 0), 'unixepoch') AS at, c.state, c.merged_into,
          k.text || coalesce((SELECT ', ' || group_concat(o.text, ', ') FROM json_each(c.other_keywords) AS j
            JOIN keyword AS o ON o.number = j.value), '') AS keywords,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at, c.latitude, c.longitude,
          c.report_count, c.witness_count, c.episode_count, c.observed, c.expected, c.ri AS recurrence_interval_days,
          c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, c.above
        FROM episode_change AS c LEFT JOIN keyword AS k ON k.number = c.keyword;
      CREATE VIEW cluster_history AS
        SELECT c.id, strftime('%Y-%m-%dT%H:%M:%SZ', (c.at) / 1000000 - ((c.at) % 1000000 < 0), 'unixepoch') AS at, c.state, c.merged_into,
          k.text || coalesce((SELECT ', ' || group_concat(o.text, ', ') FROM json_each(c.other_keywords) AS j
            JOIN keyword AS o ON o.number = j.value), '') AS keywords,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at, c.latitude, c.longitude,
          c.report_count, c.witness_count, c.episode_count, c.observed, c.expected, c.ri AS recurrence_interval_days,
          c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days,
          strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, c.above
        FROM cluster_change AS c LEFT JOIN keyword AS k ON k.number = c.keyword;
      CREATE VIEW report_samples AS
        SELECT 'cluster' AS kind, s.cluster AS id, k.text AS keyword, s.rank, strftime('%Y-%m-%dT%H:%M:%SZ', (s.reported_at) / 1000000 - ((s.reported_at) % 1000000 < 0), 'unixepoch') AS reported_at, s.source,
          s.report_id, s.text, s.near_duplicate_count
        FROM cluster_sample AS s JOIN cluster AS c ON c.id = s.cluster JOIN keyword AS k ON k.number = c.keyword
        UNION ALL
        SELECT 'episode', s.episode, k.text, s.rank, strftime('%Y-%m-%dT%H:%M:%SZ', (s.reported_at) / 1000000 - ((s.reported_at) % 1000000 < 0), 'unixepoch'), s.source, s.report_id, s.text,
          s.near_duplicate_count
        FROM episode_sample AS s JOIN episode AS c ON c.id = s.episode JOIN keyword AS k ON k.number = c.keyword;

      """

  /// What version 3 held, and how it begins the history.
  static let content =
    StoreV3.content + """

      INSERT INTO history_state VALUES ('incident', 1, 0, 21, 21);
      INSERT INTO incident_change (id, at, state, keyword, report_count, witness_count, episode_count)
      VALUES ('5aaaaaaaaaaaa', 21, 'open', 1, 8, 7, 1);
      """
}
