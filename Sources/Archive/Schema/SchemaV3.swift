/// Version 3 of the schema: the refused events, and what of each producer's events is missing.
///
/// A row of `quarantine` is one refused event. `source`, `event_id` and `event_time` are NULL where they could not be read; `raw` is its
/// JSON as `EventRedactor` leaves it, cut where it breaks unless `is_whole`. `quarantine_drop` says what an operator has thrown away: the
/// one table that does not follow from the journal, so that what is made anew from it stays thrown away.
enum SchemaV3 {
  static var script: String { additions + tables + views }

  private static let additions = """
    ALTER TABLE meta ADD COLUMN refused_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN refused_evicted_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE source ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE producer ADD COLUMN announced_sequence INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE producer ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE producer ADD COLUMN rerequest_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE producer ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;

    """

  private static let tables = """
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

    """

  private static let views = """
    DROP VIEW sources;
    CREATE VIEW sources AS
      SELECT name, received, accepted, duplicate, late, rejected, \(SchemaV1.iso8601("last_seen_at")) AS last_seen_at,
        role, cancelled, near_duplicate, commonest_place, refused_keyword,
        EXISTS (SELECT 1 FROM source_outage AS o WHERE o.source = number AND o.ended_at IS NULL) AS is_stopped, resent
      FROM source;
    CREATE VIEW producers AS
      SELECT name, epoch, received, accepted, duplicate, late, rejected, \(SchemaV1.iso8601("last_seen_at")) AS last_seen_at,
        through_sequence, announced_sequence, max(0, announced_sequence - through_sequence) AS outstanding, missing,
        rerequest_count, resent
      FROM producer;
    CREATE VIEW quarantined AS
      SELECT q.number, \(SchemaV1.iso8601("q.received_at")) AS received_at, q.code, q.member, q.message, q.source, q.event_id,
        \(SchemaV1.iso8601("q.event_time")) AS event_time, p.name AS producer, p.epoch, q.sequence, q.is_whole, q.raw,
        q.retry_count, \(SchemaV1.iso8601("q.retried_at")) AS retried_at, q.retry_verdict, q.retry_code
      FROM quarantine AS q JOIN producer AS p ON p.number = q.producer;

    """
}
