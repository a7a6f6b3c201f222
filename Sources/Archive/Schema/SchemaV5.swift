/// Version 5 of the schema: what analysts do, and the audit of it.
///
/// These tables do not follow from the journal: a store whose summaries are made anew keeps them, like `quarantine_drop`. `act` is the
/// audit, and nobody may change or take away a row of it. `incident_join` holds the merges that stand, under the ids that they named;
/// ids that were absorbed since are followed through `incident_merge` when they are read. A `silence` is never deleted, only ended.
/// `at` is the wall's time; `starts_at`, `ends_at`, `idle` and `ended_at` are of event time.
enum SchemaV5 {
  static var script: String { audit + joins + silences + views }

  private static let audit = """
    CREATE TABLE act (
      number INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      analyst TEXT NOT NULL,
      verb TEXT NOT NULL CHECK (verb IN (
        'acknowledge', 'unacknowledge', 'assign', 'unassign', 'annotate', 'merge', 'unmerge', 'silence', 'end-silence', 'lapse-silence'
      )),
      kind TEXT NOT NULL CHECK (kind IN ('incident', 'silence')),
      id TEXT NOT NULL,
      object TEXT,
      note TEXT
    ) STRICT;
    CREATE INDEX act_by_id ON act (id);
    CREATE INDEX act_by_object ON act (object) WHERE verb IN ('merge', 'unmerge');
    CREATE TRIGGER act_is_never_changed BEFORE UPDATE ON act
      BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
    CREATE TRIGGER act_is_never_deleted BEFORE DELETE ON act
      BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
    CREATE TRIGGER act_is_never_replaced BEFORE INSERT ON act WHEN EXISTS (SELECT 1 FROM act WHERE number = NEW.number)
      BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;

    """

  private static let joins = """
    CREATE TABLE incident_join (
      act INTEGER PRIMARY KEY REFERENCES act (number),
      member TEXT NOT NULL,
      head TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incident_merge_by_survivor ON incident_merge (survivor);

    """

  private static let silences = """
    CREATE TABLE silence (
      number INTEGER PRIMARY KEY,
      act INTEGER NOT NULL REFERENCES act (number),
      keyword TEXT,
      shape TEXT CHECK (shape IN ('polygon', 'box', 'circle')),
      west REAL, south REAL, east REAL, north REAL,
      latitude REAL, longitude REAL, radius_meters REAL,
      starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
      idle INTEGER NOT NULL,
      reason TEXT NOT NULL,
      ended_at INTEGER, ended_act INTEGER REFERENCES act (number),
      CHECK (keyword IS NOT NULL OR shape IS NOT NULL),
      CHECK (starts_at < ends_at AND idle > 0),
      CHECK ((shape IS 'box') = (west IS NOT NULL)),
      CHECK ((shape IS 'circle') = (radius_meters IS NOT NULL)),
      CHECK ((ended_at IS NULL) = (ended_act IS NULL))
    ) STRICT;
    CREATE TABLE silence_corner (
      silence INTEGER NOT NULL REFERENCES silence (number),
      ring INTEGER NOT NULL, number INTEGER NOT NULL,
      latitude REAL NOT NULL, longitude REAL NOT NULL,
      PRIMARY KEY (silence, ring, number)
    ) STRICT, WITHOUT ROWID;

    """

  private static func time(_ column: String) -> String { SchemaV1.iso8601(column) }

  private static var views: String {
    """
    CREATE VIEW acts AS
      SELECT number, \(time("at")) AS at, analyst, verb, kind, id, object, note FROM act;
    CREATE VIEW silences AS
      SELECT s.number, s.keyword, s.shape, s.west, s.south, s.east, s.north, s.latitude, s.longitude, s.radius_meters,
        (SELECT group_concat(c.latitude || ',' || c.longitude, ' ') FROM silence_corner AS c WHERE c.silence = s.number) AS corners,
        \(time("s.starts_at")) AS starts_at, \(time("s.ends_at")) AS ends_at, s.idle / 3600000000.0 AS idle_hours, s.reason,
        b.analyst AS begun_by, \(time("b.at")) AS begun_at, \(time("s.ended_at")) AS ended_at, e.analyst AS ended_by
      FROM silence AS s JOIN act AS b ON b.number = s.act LEFT JOIN act AS e ON e.number = s.ended_act;
    CREATE VIEW handled_incidents AS
      WITH RECURSIVE step (number, id) AS (
        SELECT number, id FROM act WHERE kind = 'incident'
        UNION SELECT s.number, m.survivor FROM step AS s JOIN incident_merge AS m ON m.absorbed = s.id
          WHERE NOT EXISTS (SELECT 1 FROM incident AS i WHERE i.id = s.id)
      ), last AS (
        SELECT s.id, max(CASE WHEN a.verb IN ('acknowledge', 'unacknowledge') THEN a.number END) AS acknowledged,
          max(CASE WHEN a.verb IN ('assign', 'unassign') THEN a.number END) AS assigned, sum(a.verb = 'annotate') AS note_count
        FROM step AS s JOIN act AS a ON a.number = s.number WHERE EXISTS (SELECT 1 FROM incident AS i WHERE i.id = s.id)
        GROUP BY s.id
      )
      SELECT l.id, CASE a.verb WHEN 'acknowledge' THEN \(time("a.at")) END AS acknowledged_at,
        CASE a.verb WHEN 'acknowledge' THEN a.analyst END AS acknowledged_by,
        CASE g.verb WHEN 'assign' THEN g.object END AS assignee, l.note_count
      FROM last AS l LEFT JOIN act AS a ON a.number = l.acknowledged LEFT JOIN act AS g ON g.number = l.assigned;

    """
  }
}
