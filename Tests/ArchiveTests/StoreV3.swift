/// A store as version 3 made it, to the letter: what migrations start from. It never changes.
enum StoreV3 {
  static let schema =
    tables + """
      PRAGMA application_id = 0x54435331;
      PRAGMA user_version = 3;
      """

  /// Tables, indexes and views.
  static let tables = """
    CREATE TABLE meta (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      store_id TEXT NOT NULL,
      settings_fingerprint TEXT NOT NULL,
      journal_position INTEGER NOT NULL,
      watermark INTEGER,
      cluster_id_format TEXT NOT NULL DEFAULT 'crockford32-lower-13',
      cell_format TEXT NOT NULL DEFAULT 'row<<32|column'
    , refused_count INTEGER NOT NULL DEFAULT 0, refused_evicted_count INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE keyword (
      number INTEGER PRIMARY KEY,
      text TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE source (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      received INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL,
      late INTEGER NOT NULL, rejected INTEGER NOT NULL,
      last_seen_at INTEGER
    , role TEXT NOT NULL DEFAULT 'public', cancelled INTEGER NOT NULL DEFAULT 0, near_duplicate INTEGER NOT NULL DEFAULT 0, commonest_place INTEGER NOT NULL DEFAULT 0, refused_keyword INTEGER NOT NULL DEFAULT 0, resent INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE producer (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      epoch TEXT NOT NULL,
      through_sequence INTEGER NOT NULL,
      received INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL,
      late INTEGER NOT NULL, rejected INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL, announced_sequence INTEGER NOT NULL DEFAULT 0, missing INTEGER NOT NULL DEFAULT 0, rerequest_count INTEGER NOT NULL DEFAULT 0, resent INTEGER NOT NULL DEFAULT 0,
      UNIQUE (name, epoch)
    ) STRICT;
    CREATE TABLE cluster (
      id TEXT PRIMARY KEY,
      keyword INTEGER NOT NULL REFERENCES keyword (number),
      opened_at INTEGER NOT NULL,
      last_report_at INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
      latitude REAL NOT NULL, longitude REAL NOT NULL,
      west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL, north REAL NOT NULL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL,
      source_count INTEGER NOT NULL, cell_count INTEGER NOT NULL
    , near_duplicate_count INTEGER NOT NULL DEFAULT 0, observed INTEGER, expected REAL, ri REAL, ri_local REAL, ri_robust REAL, episode TEXT) STRICT, WITHOUT ROWID;
    CREATE TABLE cluster_cell (
      cluster TEXT NOT NULL REFERENCES cluster (id) ON DELETE CASCADE,
      cell INTEGER NOT NULL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL,
      PRIMARY KEY (cluster, cell)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cluster_sample (
      cluster TEXT NOT NULL REFERENCES cluster (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      journal_position INTEGER NOT NULL, journal_row INTEGER NOT NULL,
      source TEXT NOT NULL, report_id TEXT NOT NULL, reported_at INTEGER NOT NULL, text TEXT NOT NULL, near_duplicate_count INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (cluster, journal_position, journal_row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cluster_merge (
      absorbed TEXT PRIMARY KEY,
      survivor TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup_hourly (
      keyword INTEGER NOT NULL,
      hour INTEGER NOT NULL,
      cell INTEGER NOT NULL,
      report_count INTEGER NOT NULL, witness_count INTEGER NOT NULL,
      PRIMARY KEY (keyword, hour, cell)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cluster_by_recency ON cluster (last_report_at DESC, id);
    CREATE INDEX cluster_by_size ON cluster (witness_count DESC, report_count DESC, opened_at, id);
    CREATE INDEX cluster_by_keyword ON cluster (keyword);
    CREATE INDEX cluster_by_place ON cluster (latitude, longitude);
    CREATE VIEW rollups AS
      SELECT k.text AS keyword, strftime('%Y-%m-%dT%H:%M:%SZ', (r.hour * 3600000000) / 1000000 - ((r.hour * 3600000000) % 1000000 < 0), 'unixepoch') AS hour,
        CASE WHEN r.cell >= 0 THEN r.cell >> 32 END AS cell_row,
        CASE WHEN r.cell >= 0 THEN r.cell & 4294967295 END AS cell_column,
        r.report_count, r.witness_count
      FROM rollup_hourly AS r JOIN keyword AS k ON k.number = r.keyword;
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
    CREATE VIEW clusters AS
      SELECT c.id, k.text AS keyword, strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.cell_count,
        c.near_duplicate_count, c.observed, c.expected, CASE WHEN c.expected > 0 THEN c.observed / c.expected END AS ratio, c.ri AS recurrence_interval_days, c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days, c.episode
      FROM cluster AS c JOIN keyword AS k ON k.number = c.keyword;
    CREATE VIEW incidents AS
      SELECT c.id,
        (SELECT group_concat(k.text, ', ') FROM incident_keyword AS ik JOIN keyword AS k ON k.number = ik.keyword
          WHERE ik.incident = c.id) AS keywords,
        strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at, c.state, c.latitude, c.longitude,
        c.is_whole_area, c.episode_count, c.report_count, c.observed, c.expected, CASE WHEN c.expected > 0 THEN c.observed / c.expected END AS ratio, c.ri AS recurrence_interval_days, c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days,
        strftime('%Y-%m-%dT%H:%M:%SZ', (c.first_seen_at) / 1000000 - ((c.first_seen_at) % 1000000 < 0), 'unixepoch') AS first_seen_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, c.best, c.explained_by
      FROM incident AS c;
    CREATE VIEW episodes AS
      SELECT c.id, k.text AS keyword,
        (SELECT group_concat(o.text, ', ') FROM episode_keyword AS ek JOIN keyword AS o ON o.number = ek.keyword
          WHERE ek.episode = c.id AND ek.keyword <> c.keyword) AS other_keywords,
        strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.near_duplicate_count,
        c.observed, c.expected, CASE WHEN c.expected > 0 THEN c.observed / c.expected END AS ratio, c.ri AS recurrence_interval_days, c.ri_local AS recurrence_interval_local_days, c.ri_robust AS recurrence_interval_robust_days, c.first_ri AS first_recurrence_interval_days,
        strftime('%Y-%m-%dT%H:%M:%SZ', (c.first_seen_at) / 1000000 - ((c.first_seen_at) % 1000000 < 0), 'unixepoch') AS first_seen_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, c.incident
      FROM episode AS c JOIN keyword AS k ON k.number = c.keyword;
    CREATE VIEW alerts AS
      SELECT strftime('%Y-%m-%dT%H:%M:%SZ', (c.alerted_at) / 1000000 - ((c.alerted_at) % 1000000 < 0), 'unixepoch') AS alerted_at, 'incident' AS kind, c.id, i.keywords AS subject, c.latitude, c.longitude,
        c.observed, c.expected, c.ri AS recurrence_interval_days
      FROM incident AS c JOIN incidents AS i ON i.id = c.id WHERE c.alerted_at IS NOT NULL
      UNION ALL
      SELECT strftime('%Y-%m-%dT%H:%M:%SZ', (o.alerted_at) / 1000000 - ((o.alerted_at) % 1000000 < 0), 'unixepoch'), 'outage', NULL, s.name, NULL, NULL, 0, o.expected_count, NULL
      FROM source_outage AS o JOIN source AS s ON s.number = o.source;
    CREATE TABLE quarantine (
      number INTEGER PRIMARY KEY,
      code TEXT NOT NULL, member TEXT NOT NULL, message TEXT NOT NULL,
      source TEXT, event_id TEXT, event_time INTEGER,
      producer INTEGER NOT NULL REFERENCES producer (number),
      sequence INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      journal_position INTEGER NOT NULL, journal_row INTEGER NOT NULL,
      is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
      raw TEXT NOT NULL,
      retry_count INTEGER NOT NULL DEFAULT 0,
      retried_at INTEGER,
      retry_verdict TEXT CHECK (retry_verdict IN ('accepted', 'duplicate', 'late', 'rejected')),
      retry_code TEXT
    ) STRICT;
    CREATE INDEX quarantine_by_receipt ON quarantine (received_at);
    CREATE TABLE quarantine_drop (
      journal_position INTEGER NOT NULL, journal_row INTEGER NOT NULL,
      PRIMARY KEY (journal_position, journal_row)
    ) STRICT, WITHOUT ROWID;
    CREATE VIEW sources AS
      SELECT name, received, accepted, duplicate, late, rejected, strftime('%Y-%m-%dT%H:%M:%SZ', (last_seen_at) / 1000000 - ((last_seen_at) % 1000000 < 0), 'unixepoch') AS last_seen_at,
        role, cancelled, near_duplicate, commonest_place, refused_keyword,
        EXISTS (SELECT 1 FROM source_outage AS o WHERE o.source = number AND o.ended_at IS NULL) AS is_stopped, resent
      FROM source;
    CREATE VIEW producers AS
      SELECT name, epoch, received, accepted, duplicate, late, rejected, strftime('%Y-%m-%dT%H:%M:%SZ', (last_seen_at) / 1000000 - ((last_seen_at) % 1000000 < 0), 'unixepoch') AS last_seen_at,
        through_sequence, announced_sequence, max(0, announced_sequence - through_sequence) AS outstanding, missing,
        rerequest_count, resent
      FROM producer;
    CREATE VIEW quarantined AS
      SELECT q.number, strftime('%Y-%m-%dT%H:%M:%SZ', (q.received_at) / 1000000 - ((q.received_at) % 1000000 < 0), 'unixepoch') AS received_at, q.code, q.member, q.message, q.source, q.event_id,
        strftime('%Y-%m-%dT%H:%M:%SZ', (q.event_time) / 1000000 - ((q.event_time) % 1000000 < 0), 'unixepoch') AS event_time, p.name AS producer, p.epoch, q.sequence, q.is_whole, q.raw,
        q.retry_count, strftime('%Y-%m-%dT%H:%M:%SZ', (q.retried_at) / 1000000 - ((q.retried_at) % 1000000 < 0), 'unixepoch') AS retried_at, q.retry_verdict, q.retry_code
      FROM quarantine AS q JOIN producer AS p ON p.number = q.producer;

    """

  /// An open and a closed one of each kind, a merge, a refused event and one that was thrown away.
  static let content = """
    INSERT INTO meta (one, store_id, settings_fingerprint, journal_position, watermark, refused_count) VALUES (1, 'store-1', 'settings-1', 41, 7, 2);
    INSERT INTO keyword VALUES (0, 'gas leak');
    INSERT INTO keyword VALUES (1, 'odor');
    INSERT INTO source VALUES (0, '/a', 9, 7, 1, 0, 1, 5, 'staff', 1, 2, 3, 4, 5);
    INSERT INTO producer VALUES (0, 'p', '00000000-0000-0000-0000-000000000001', 9, 9, 7, 1, 0, 1, 6, 11, 2, 1, 1);
    INSERT INTO incident VALUES ('5aaaaaaaaaaaa', '3aaaaaaaaaaaa', 1, 'open', 3, 4, 1, 20, 42.5, -71.25, -71.5, 42.25, -71, 42.75, 0, 8, 7, 1.5, 90,
      80, 70, 5, 1.5, 40, 30, 20, 6, NULL);
    INSERT INTO incident VALUES ('5bbbbbbbbbbbb', '3bbbbbbbbbbbb', 1, 'closed', 3, 4, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL, 1, 8, 7, 1.5, 90,
      80, 70, 5, 1.5, 40, 30, 20, NULL, '5aaaaaaaaaaaa');
    INSERT INTO incident_keyword VALUES ('5aaaaaaaaaaaa', 0), ('5aaaaaaaaaaaa', 1), ('5bbbbbbbbbbbb', 0);
    INSERT INTO incident_merge VALUES ('5cccccccccccc', '5aaaaaaaaaaaa');
    INSERT INTO episode VALUES ('3aaaaaaaaaaaa', '5aaaaaaaaaaaa', 1, 'open', 3, 4, 1, 20, 42.5, -71.25, -71.5, 42.25, -71, 42.75, 8, 7, 1, 3, 0, 7, 1.5,
      90, 80, 70, 5, 1.5, 40, 30, 20, 6, 1.5, 20, 0.1, 1, 2, 1);
    INSERT INTO episode VALUES ('3bbbbbbbbbbbb', '5bbbbbbbbbbbb', 0, 'closed', 3, 4, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL, 8, 7, 1, 3, 0, 7, 1.5,
      90, 80, 70, 5, 1.5, 40, 30, 20, NULL, 1.5, 20, 0.1, 1, 2, 1);
    INSERT INTO episode_keyword VALUES ('3aaaaaaaaaaaa', 0), ('3aaaaaaaaaaaa', 1), ('3bbbbbbbbbbbb', 0);
    INSERT INTO cluster (id, keyword, opened_at, last_report_at, state, latitude, longitude, west, south, east, north, report_count,
      witness_count, source_count, cell_count, near_duplicate_count, episode)
    VALUES ('1aaaaaaaaaaaa', 0, 1, 21, 'open', 42.5, -71.25, -71.5, 42.25, -71, 42.75, 8, 7, 1, 1, 3, '3aaaaaaaaaaaa'),
      ('1bbbbbbbbbbbb', 0, 1, 2, 'closed', 42.5, -71.25, -71.5, 42.25, -71, 42.75, 8, 7, 1, 1, 3, NULL);
    INSERT INTO cluster_sample VALUES ('1aaaaaaaaaaaa', 0, 5, 0, '/a', 'one', 1, 'it smells', 2);
    INSERT INTO cluster_merge VALUES ('1cccccccccccc', '1aaaaaaaaaaaa');
    INSERT INTO rollup_hourly VALUES (0, 3, -1, 4, 2);
    INSERT INTO quarantine (number, code, member, message, producer, sequence, received_at, journal_position, journal_row, is_whole, raw)
    VALUES (2, 'missingID', 'id', 'missing', 0, 5, 6, 7, 0, 1, '{}');
    INSERT INTO quarantine_drop VALUES (6, 0);
    """
}
