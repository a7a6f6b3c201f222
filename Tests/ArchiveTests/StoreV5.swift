/// A store as version 5 made it, to the letter: what migrations start from. It never changes.
enum StoreV5 {
  static let schema =
    StoreV4.tables + additions + """

      PRAGMA application_id = 0x54435331;
      PRAGMA user_version = 5;
      """

  /// What it has beside the tables, indexes and views of version 4, none of which it changed.
  private static let additions = """

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
    CREATE TABLE incident_join (
      act INTEGER PRIMARY KEY REFERENCES act (number),
      member TEXT NOT NULL,
      head TEXT NOT NULL
    ) STRICT;
    CREATE INDEX incident_merge_by_survivor ON incident_merge (survivor);
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
    CREATE VIEW acts AS
      SELECT number, strftime('%Y-%m-%dT%H:%M:%SZ', (at) / 1000000 - ((at) % 1000000 < 0), 'unixepoch') AS at, analyst, verb, kind, id, object, note FROM act;
    CREATE VIEW silences AS
      SELECT s.number, s.keyword, s.shape, s.west, s.south, s.east, s.north, s.latitude, s.longitude, s.radius_meters,
        (SELECT group_concat(c.latitude || ',' || c.longitude, ' ') FROM silence_corner AS c WHERE c.silence = s.number) AS corners,
        strftime('%Y-%m-%dT%H:%M:%SZ', (s.starts_at) / 1000000 - ((s.starts_at) % 1000000 < 0), 'unixepoch') AS starts_at, strftime('%Y-%m-%dT%H:%M:%SZ', (s.ends_at) / 1000000 - ((s.ends_at) % 1000000 < 0), 'unixepoch') AS ends_at, s.idle / 3600000000.0 AS idle_hours, s.reason,
        b.analyst AS begun_by, strftime('%Y-%m-%dT%H:%M:%SZ', (b.at) / 1000000 - ((b.at) % 1000000 < 0), 'unixepoch') AS begun_at, strftime('%Y-%m-%dT%H:%M:%SZ', (s.ended_at) / 1000000 - ((s.ended_at) % 1000000 < 0), 'unixepoch') AS ended_at, e.analyst AS ended_by
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
      SELECT l.id, CASE a.verb WHEN 'acknowledge' THEN strftime('%Y-%m-%dT%H:%M:%SZ', (a.at) / 1000000 - ((a.at) % 1000000 < 0), 'unixepoch') END AS acknowledged_at,
        CASE a.verb WHEN 'acknowledge' THEN a.analyst END AS acknowledged_by,
        CASE g.verb WHEN 'assign' THEN g.object END AS assignee, l.note_count
      FROM last AS l LEFT JOIN act AS a ON a.number = l.acknowledged LEFT JOIN act AS g ON g.number = l.assigned;
    """

  /// What version 4 held, a sample of an episode, an act, and hours around the beginning of days, before 1970 too.
  static let content =
    StoreV4.content + """

      INSERT INTO episode_sample VALUES ('3aaaaaaaaaaaa', 0, 5, 0, '/a', 'one', 1, 'it smells', 2);
      INSERT INTO act VALUES (1, 9, 'ana', 'acknowledge', 'incident', '5aaaaaaaaaaaa', NULL, NULL);
      INSERT INTO rollup_hourly VALUES (1, 23, 7, 5, 3), (1, 24, 7, 6, 4), (1, -1, 7, 7, 5), (1, -24, 8, 8, 6), (1, -25, 7, 9, 7);
      """
}
