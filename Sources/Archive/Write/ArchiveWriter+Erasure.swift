import SQLite

extension ArchiveWriter {
  /// Erases what the summaries hold of reports: samples, refused events, what of them can be searched for, keywords that nobody else has
  /// used. Then the file is written anew, so that nothing of it is left in free pages or in the write-ahead log.
  ///
  /// What is erased of the quarantine stays away from a store that is made anew, as what an operator drops does.
  ///
  /// - Parameter progress: Told what is being done, in words.
  /// - Complexity: O(samples), and O(bytes of the file) at the end.
  package mutating func erase(_ erasure: ArchiveErasure, progress: (String) -> Void = { _ in }) throws(ArchiveError)
    -> ArchiveErasure.Count
  {
    progress("looking for texts")
    try name(erasure)
    let count = try connection.transaction(.writing, wrapping: ArchiveError.init) { () throws(ArchiveError) in
      try storing { () throws(SQLiteError) in
        // Before the rows go that say whose they are.
        for kind in ["cluster", "episode"] {
          try connection.execute(
            "INSERT INTO side_backlog (kind, id) SELECT DISTINCT '\(kind)', \(kind) FROM \(kind)_sample WHERE \(Self.isErasedSample) "
              + "ON CONFLICT DO NOTHING")
        }
        try connection.execute(
          "INSERT INTO quarantine_drop SELECT journal_position, journal_row FROM quarantine WHERE \(Self.isErasedEvent) "
            + "ON CONFLICT DO NOTHING")
        var count = ArchiveErasure.Count()
        for kind in ["cluster", "episode"] {
          try connection.execute("DELETE FROM \(kind)_sample WHERE \(Self.isErasedSample)")
          count.samples += Int(connection.changes)
        }
        try connection.execute("DELETE FROM quarantine WHERE \(Self.isErasedEvent)")
        count.refusedEvents = Int(connection.changes)
        count.keywords = try rename(erasure.keywords)
        return count
      }
    }
    progress("bringing the search index up to date")
    while try fillSides(count: 1_000) == 1_000 {}
    progress("writing the summaries' file anew")
    try storing { () throws(SQLiteError) in
      try connection.execute("DROP TABLE temp.erased_report; DROP TABLE temp.erased_place")
    }
    try ArchiveUpkeep.compact(connection)
    return count
  }

  /// How much `erase` would find; keywords are those that it was told.
  package mutating func preview(_ erasure: ArchiveErasure) throws(ArchiveError) -> ArchiveErasure.Count {
    try name(erasure)
    return try storing { () throws(SQLiteError) in
      var count = ArchiveErasure.Count()
      for kind in ["cluster", "episode"] {
        count.samples += Int(try connection.integer("SELECT count(*) FROM \(kind)_sample WHERE \(Self.isErasedSample)") ?? 0)
      }
      count.refusedEvents = Int(try connection.integer("SELECT count(*) FROM quarantine WHERE \(Self.isErasedEvent)") ?? 0)
      count.keywords = erasure.keywords.count
      try connection.execute("DROP TABLE temp.erased_report; DROP TABLE temp.erased_place")
      return count
    }
  }

  private static let isErasedSample = isErased(id: "report_id")
  private static let isErasedEvent = isErased(id: "event_id")

  private static func isErased(id: String) -> String {
    "(source, \(id)) IN (SELECT source, id FROM temp.erased_report) "
      + "OR (journal_position, journal_row) IN (SELECT position, row FROM temp.erased_place)"
  }

  /// Puts what is to be erased beside the store's tables, in memory.
  private func name(_ erasure: ArchiveErasure) throws(ArchiveError) {
    try storing { () throws(SQLiteError) in
      try connection.execute(
        """
        DROP TABLE IF EXISTS temp.erased_report;
        DROP TABLE IF EXISTS temp.erased_place;
        CREATE TABLE temp.erased_report (source TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (source, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE temp.erased_place (position INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (position, row))
          STRICT, WITHOUT ROWID
        """)
      let report = try connection.prepare("INSERT INTO temp.erased_report VALUES (?1, ?2) ON CONFLICT DO NOTHING")
      for (source, id) in erasure.reports {
        try report.bind([.text(StoredText.repaired(source)), .text(StoredText.repaired(id))])
        try report.run()
      }
      let place = try connection.prepare("INSERT INTO temp.erased_place VALUES (?1, ?2) ON CONFLICT DO NOTHING")
      for erased in erasure.places {
        try place.bind([.count(erased.position), .count(erased.row)])
        try place.run()
      }
    }
  }

  private func rename(_ keywords: [(number: UInt32, name: String)]) throws(SQLiteError) -> Int {
    let update = try connection.prepare("UPDATE keyword SET text = ?2 WHERE number = ?1")
    var count = 0
    for (number, name) in keywords {
      try update.bind([.count(number), .text(Array(name.utf8))])
      try update.run()
      count += Int(connection.changes)
    }
    return count
  }

  /// Whether a keyword has counted more than so many reports.
  ///
  /// - Complexity: O(count).
  package func hasCounted(keyword: UInt32, moreThan count: Int) throws(ArchiveError) -> Bool {
    try storing { () throws(SQLiteError) in
      let sum = try connection.prepare(
        "SELECT total(report_count) FROM (SELECT report_count FROM rollup_hourly WHERE keyword = ?1 LIMIT ?2)")
      try sum.bind([.count(keyword), .count(count + 1)])
      _ = try sum.step()
      return (sum.double(0) ?? 0) > Double(count)
    }
  }
}
