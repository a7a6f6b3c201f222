import Reports
import SQLite

/// What is done to the store as a whole.
extension ArchiveWriter {
  /// Empties everything that is derived from the journal and goes back to position zero: for changed settings, or a store that
  /// is ahead of its journal. What an operator has thrown away of the quarantine stays thrown away.
  package mutating func rebuild(settingsFingerprint: String) throws(ArchiveError) {
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        // Children before their parents, so that no row is looked up in vain.
        for table in [
          "side_backlog", "side_incident_box", "side_episode_box", "side_cluster_box", "side_episode_text", "side_cluster_text",
          "incident_change", "episode_change", "cluster_change", "rollup_hourly", "rollup_daily", "rollup_total",
          "cluster_sample", "cluster_cell", "cluster_merge", "cluster", "episode_window", "episode_cell",
          "episode_bin", "episode_sample", "episode", "incident_keyword", "incident_merge", "incident", "source_outage",
          "calibration", "quarantine", "producer", "source", "keyword",
        ] {
          try connection.execute("DELETE FROM \(table)")
        }
        try connection.execute(
          "UPDATE history_state SET point_count = 0, cut_number = 0, latest_at = NULL, complete_since = NULL")
        try connection.execute("UPDATE retention SET complete_since = NULL")
        let reset = try connection.prepare(
          """
          UPDATE meta SET journal_position = 0, watermark = NULL, refused_count = 0, refused_evicted_count = 0,
            settings_fingerprint = ?1
          """)
        try reset.bind(settingsFingerprint, at: 1)
        try reset.run()
      }
    }
    position = 0
    self.settingsFingerprint = settingsFingerprint
  }

  /// Copies the write-ahead log into the file as far as readers allow, without waiting for them.
  ///
  /// - Returns: whether everything applied so far is in the file and synced: true means that a power cut cannot take it back.
  package func checkpoint() throws(ArchiveError) -> Bool {
    let (pageCount, copiedCount) = try storing { () throws(SQLiteError) in try connection.checkpoint() }
    return pageCount == copiedCount
  }

  /// How long the write-ahead log is, and whether a reader keeps it from becoming shorter; looked at only past a bound.
  package func log(past byteCount: UInt64) throws(ArchiveError) -> (byteCount: UInt64, isHeld: Bool) {
    let found = Connection.logByteCount(path: connection.path)
    guard found > byteCount else { return (found, false) }
    let isCopied = try checkpoint()
    return (found, !isCopied)
  }

  /// Bounds the file's size; past it `apply` throws `.full`. A bound below the present size stands for the present size.
  package func limit(byteCount: Int64) throws(ArchiveError) {
    try storing { () throws(SQLiteError) in
      let pageByteCount = try connection.integer("PRAGMA page_size") ?? 4_096
      _ = try connection.integer("PRAGMA max_page_count = \(max(byteCount / pageByteCount, 1))")
    }
  }

  /// Keeps what the limits of retention allow at the watermark of the store as it is found, and no more.
  static func begin(
    _ limits: RetentionLimits, _ history: HistoryLimits, at watermark: Timestamp?, on connection: borrowing Connection
  ) throws(ArchiveError) {
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        try Retention(limits: limits, on: connection).begin(at: watermark, noting: SideBacklog(on: connection))
        try HistoryTables(limits: history, on: connection).begin()
      }
    }
  }

  /// Keeps what people call the engine's profiles; no names leave what is stored.
  static func name(_ profiles: [String], on connection: borrowing Connection) throws(ArchiveError) {
    if profiles.isEmpty { return }
    try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        try connection.execute("DELETE FROM profile")
        let insert = try connection.prepare("INSERT INTO profile VALUES (?1, ?2)")
        for (number, name) in profiles.enumerated() {
          try insert.bind([.count(number), .text(Array(name.utf8))])
          try insert.run()
        }
      }
    }
  }
}
