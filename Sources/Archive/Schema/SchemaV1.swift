/// Version 1 of the schema.
///
/// Times are microseconds since 1970-01-01T00:00:00Z; places are degrees on WGS 84; a cell is `CellID.rawValue`, so −1 is a
/// report without a place. The views say the same in words for people; programs read the tables.
enum SchemaV1 {
  static var script: String { tables + indexes + views }

  private static let tables = """
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

    """

  private static let indexes = """
    CREATE INDEX cluster_by_recency ON cluster (last_report_at DESC, id);
    CREATE INDEX cluster_by_size ON cluster (witness_count DESC, report_count DESC, opened_at, id);
    CREATE INDEX cluster_by_keyword ON cluster (keyword);
    CREATE INDEX cluster_by_place ON cluster (latitude, longitude);

    """

  private static let views = """
    CREATE VIEW clusters AS
      SELECT c.id, k.text AS keyword, \(iso8601("c.opened_at")) AS opened_at, \(iso8601("c.last_report_at")) AS last_report_at,
        c.state, c.latitude, c.longitude, c.report_count, c.witness_count, c.source_count, c.cell_count
      FROM cluster AS c JOIN keyword AS k ON k.number = c.keyword;
    CREATE VIEW sources AS
      SELECT name, received, accepted, duplicate, late, rejected, \(iso8601("last_seen_at")) AS last_seen_at FROM source;
    CREATE VIEW rollups AS
      SELECT k.text AS keyword, \(iso8601("r.hour * 3600000000")) AS hour,
        CASE WHEN r.cell >= 0 THEN r.cell >> 32 END AS cell_row,
        CASE WHEN r.cell >= 0 THEN r.cell & 4294967295 END AS cell_column,
        r.report_count, r.witness_count
      FROM rollup_hourly AS r JOIN keyword AS k ON k.number = r.keyword;

    """

  /// SQL for a time as text, in whole seconds rounded down, before 1970 too; NULL outside the years 0 … 9999.
  static func iso8601(_ microseconds: String) -> String {
    let seconds = "(\(microseconds)) / 1000000 - ((\(microseconds)) % 1000000 < 0)"
    return "strftime('%Y-%m-%dT%H:%M:%SZ', \(seconds), 'unixepoch')"
  }
}
