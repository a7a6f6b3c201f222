/// A store as version 1 made it, to the letter: what migrations start from. It never changes.
enum StoreV1 {
  static let schema = """
    CREATE TABLE meta (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      store_id TEXT NOT NULL,
      settings_fingerprint TEXT NOT NULL,
      journal_position INTEGER NOT NULL,
      watermark INTEGER,
      cluster_id_format TEXT NOT NULL DEFAULT 'crockford32-lower-13',
      cell_format TEXT NOT NULL DEFAULT 'row<<32|column'
    ) STRICT;
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
    ) STRICT;
    CREATE TABLE producer (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      epoch TEXT NOT NULL,
      through_sequence INTEGER NOT NULL,
      received INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL,
      late INTEGER NOT NULL, rejected INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
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
    ) STRICT, WITHOUT ROWID;
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
      source TEXT NOT NULL, report_id TEXT NOT NULL, reported_at INTEGER NOT NULL, text TEXT NOT NULL,
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
    CREATE VIEW clusters AS
      SELECT c.id, k.text AS keyword, strftime('%Y-%m-%dT%H:%M:%SZ', (c.opened_at) / 1000000 - ((c.opened_at) % 1000000 < 0), 'unixepoch') AS opened_at, strftime('%Y-%m-%dT%H:%M:%SZ', (c.last_report_at) / 1000000 - ((c.last_report_at) % 1000000 < 0), 'unixepoch') AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.cell_count
      FROM cluster AS c JOIN keyword AS k ON k.number = c.keyword;
    CREATE VIEW sources AS
      SELECT name, received, accepted, duplicate, late, rejected, strftime('%Y-%m-%dT%H:%M:%SZ', (last_seen_at) / 1000000 - ((last_seen_at) % 1000000 < 0), 'unixepoch') AS last_seen_at FROM source;
    CREATE VIEW rollups AS
      SELECT k.text AS keyword, strftime('%Y-%m-%dT%H:%M:%SZ', (r.hour * 3600000000) / 1000000 - ((r.hour * 3600000000) % 1000000 < 0), 'unixepoch') AS hour,
        CASE WHEN r.cell >= 0 THEN r.cell >> 32 END AS cell_row,
        CASE WHEN r.cell >= 0 THEN r.cell & 4294967295 END AS cell_column,
        r.report_count, r.witness_count
      FROM rollup_hourly AS r JOIN keyword AS k ON k.number = r.keyword;
    PRAGMA application_id = 0x54435331;
    PRAGMA user_version = 1;
    """

  /// A cluster with a cell and two samples, an absorbed one, a source, a producer and a count.
  static let content = """
    INSERT INTO meta (one, store_id, settings_fingerprint, journal_position, watermark) VALUES (1, 'store-1', 'settings-1', 41, 7);
    INSERT INTO keyword VALUES (0, 'gas leak');
    INSERT INTO source VALUES (0, '/a', 9, 8, 1, 0, 0, 5);
    INSERT INTO producer VALUES (0, 'p', '00000000-0000-0000-0000-000000000001', 9, 9, 8, 1, 0, 0, 6);
    INSERT INTO cluster VALUES ('1bbbbbbbbbbbb', 0, 1, 2, 'closed', 42.5, -71.25, -71.5, 42.25, -71, 42.75, 8, 7, 1, 1);
    INSERT INTO cluster_cell VALUES ('1bbbbbbbbbbbb', 4294967298, 8, 7);
    INSERT INTO cluster_sample VALUES ('1bbbbbbbbbbbb', 0, 11, 1, '/a', 'r1', 1, 'first');
    INSERT INTO cluster_sample VALUES ('1bbbbbbbbbbbb', 1, 12, 2, '/a', 'r2', 2, 'second');
    INSERT INTO cluster_merge VALUES ('0aaaaaaaaaaaa', '1bbbbbbbbbbbb');
    INSERT INTO rollup_hourly VALUES (0, 3, -1, 4, 2);
    """
}
