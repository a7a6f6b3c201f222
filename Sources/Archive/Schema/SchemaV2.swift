/// Version 2 of the schema: what detection says, beside the clusters and sources of version 1.
///
/// Numbers of the engine stand as they are, infinity included; one that is no number is NULL, so such columns may be NULL.
/// `episode_keyword` has all keywords of an episode, its own of `episode` among them.
/// A significance is `observed`, `expected`, `ri`, `ri_local` and `ri_robust`: recurrence intervals in days.
enum SchemaV2 {
  static var script: String { additions + episodes + incidents + health + indexes + SchemaV2Views.script }

  private static let additions = """
    ALTER TABLE cluster ADD COLUMN near_duplicate_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE cluster ADD COLUMN observed INTEGER;
    ALTER TABLE cluster ADD COLUMN expected REAL;
    ALTER TABLE cluster ADD COLUMN ri REAL;
    ALTER TABLE cluster ADD COLUMN ri_local REAL;
    ALTER TABLE cluster ADD COLUMN ri_robust REAL;
    ALTER TABLE cluster ADD COLUMN episode TEXT;
    ALTER TABLE cluster_sample ADD COLUMN near_duplicate_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN role TEXT NOT NULL DEFAULT 'public';
    ALTER TABLE source ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN near_duplicate INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN commonest_place INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN refused_keyword INTEGER NOT NULL DEFAULT 0;

    """

  private static let episodes = """
    CREATE TABLE episode (
      id TEXT PRIMARY KEY,
      incident TEXT NOT NULL,
      keyword INTEGER NOT NULL REFERENCES keyword (number),
      state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
      first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
      opened_at INTEGER NOT NULL, last_report_at INTEGER NOT NULL,
      latitude REAL, longitude REAL,
      west REAL, south REAL, east REAL, north REAL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL, source_count INTEGER NOT NULL,
      near_duplicate_count INTEGER NOT NULL, identical_place_count INTEGER NOT NULL,
      observed INTEGER NOT NULL, expected REAL, ri REAL, ri_local REAL, ri_robust REAL,
      first_observed INTEGER NOT NULL, first_expected REAL, first_ri REAL, first_ri_local REAL, first_ri_robust REAL,
      alerted_at INTEGER,
      baseline_per_day REAL, baseline_covered_days REAL, baseline_prior_share REAL,
      baseline_season_factor REAL, baseline_guard_days REAL,
      window_count INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE episode_keyword (
      episode TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
      keyword INTEGER NOT NULL REFERENCES keyword (number),
      PRIMARY KEY (episode, keyword)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE episode_window (
      episode TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      is_whole_area INTEGER NOT NULL CHECK (is_whole_area IN (0, 1)),
      west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL,
      side_meters REAL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, duration_bins INTEGER NOT NULL,
      tested_at INTEGER NOT NULL, observed INTEGER NOT NULL, expected REAL, dispersion REAL, variance_ratio REAL,
      log_tail_probability REAL, series_count INTEGER NOT NULL, family_count INTEGER NOT NULL, ticks_per_day REAL,
      nominal_ri REAL, is_novel INTEGER NOT NULL CHECK (is_novel IN (0, 1)),
      PRIMARY KEY (episode, rank)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE episode_cell (
      episode TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
      cell INTEGER NOT NULL,
      west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL,
      observed INTEGER NOT NULL, expected REAL,
      PRIMARY KEY (episode, cell)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE episode_bin (
      episode TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
      starts_at INTEGER NOT NULL,
      observed INTEGER NOT NULL, expected REAL,
      PRIMARY KEY (episode, starts_at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE episode_sample (
      episode TEXT NOT NULL REFERENCES episode (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      journal_position INTEGER NOT NULL, journal_row INTEGER NOT NULL,
      source TEXT NOT NULL, report_id TEXT NOT NULL, reported_at INTEGER NOT NULL, text TEXT NOT NULL,
      near_duplicate_count INTEGER NOT NULL,
      PRIMARY KEY (episode, journal_position, journal_row)
    ) STRICT, WITHOUT ROWID;

    """

  private static let incidents = """
    CREATE TABLE incident (
      id TEXT PRIMARY KEY,
      best TEXT NOT NULL,
      episode_count INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
      first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
      opened_at INTEGER NOT NULL, last_report_at INTEGER NOT NULL,
      latitude REAL, longitude REAL,
      west REAL, south REAL, east REAL, north REAL,
      is_whole_area INTEGER NOT NULL CHECK (is_whole_area IN (0, 1)),
      report_count INTEGER NOT NULL,
      observed INTEGER NOT NULL, expected REAL, ri REAL, ri_local REAL, ri_robust REAL,
      first_observed INTEGER NOT NULL, first_expected REAL, first_ri REAL, first_ri_local REAL, first_ri_robust REAL,
      alerted_at INTEGER,
      explained_by TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incident_keyword (
      incident TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
      keyword INTEGER NOT NULL REFERENCES keyword (number),
      PRIMARY KEY (incident, keyword)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE incident_merge (
      absorbed TEXT PRIMARY KEY,
      survivor TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    """

  private static let health = """
    CREATE TABLE source_outage (
      source INTEGER NOT NULL REFERENCES source (number),
      started_at INTEGER NOT NULL,
      alerted_at INTEGER NOT NULL,
      ended_at INTEGER,
      expected_count REAL,
      PRIMARY KEY (source, started_at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE profile (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL
    ) STRICT;
    CREATE TABLE calibration (
      profile INTEGER PRIMARY KEY,
      as_of INTEGER NOT NULL,
      is_learning INTEGER NOT NULL CHECK (is_learning IN (0, 1)),
      covered_days REAL, warm_up_days REAL, shadow_days REAL, episode_factor REAL, health_ratio REAL,
      series_count INTEGER NOT NULL, family_count INTEGER NOT NULL, evicted_series_count INTEGER NOT NULL
    ) STRICT;

    """

  private static let indexes = """
    CREATE INDEX cluster_by_episode ON cluster (episode) WHERE episode IS NOT NULL;
    CREATE INDEX episode_by_recency ON episode (last_report_at DESC, id);
    CREATE INDEX episode_by_strength ON episode (ri DESC, observed DESC, opened_at, id);
    CREATE INDEX episode_by_alert ON episode (alerted_at) WHERE alerted_at IS NOT NULL;
    CREATE INDEX episode_keyword_by_keyword ON episode_keyword (keyword);
    CREATE INDEX episode_by_place ON episode (latitude, longitude);
    CREATE INDEX episode_by_incident ON episode (incident);
    CREATE INDEX incident_by_recency ON incident (last_report_at DESC, id);
    CREATE INDEX incident_by_strength ON incident (ri DESC, observed DESC, opened_at, id);
    CREATE INDEX incident_by_alert ON incident (alerted_at) WHERE alerted_at IS NOT NULL;
    CREATE INDEX incident_by_place ON incident (latitude, longitude);
    CREATE INDEX incident_by_explanation ON incident (explained_by) WHERE explained_by IS NOT NULL;
    CREATE INDEX incident_keyword_by_keyword ON incident_keyword (keyword);

    """
}
