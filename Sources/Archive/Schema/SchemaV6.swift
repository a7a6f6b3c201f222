/// Version 6 of the schema: how long what is kept, and the ways to what is not kept any longer.
///
/// A row of `retention` says for how many days of event time a tier is kept, and since when it is whole: NULL as long as nobody has written
/// it. Samples are found by their time, and absorbed ids by what holds them.
enum SchemaV6 {
  static let script = """
    CREATE TABLE retention (
      tier TEXT PRIMARY KEY CHECK (tier IN ('texts', 'counts', 'summaries')),
      days INTEGER CHECK (days > 0),
      complete_since INTEGER
    ) STRICT, WITHOUT ROWID;
    INSERT INTO retention (tier) VALUES ('texts'), ('counts'), ('summaries');
    CREATE INDEX cluster_sample_by_time ON cluster_sample (reported_at);
    CREATE INDEX episode_sample_by_time ON episode_sample (reported_at);
    CREATE INDEX cluster_merge_by_survivor ON cluster_merge (survivor);

    """
}
