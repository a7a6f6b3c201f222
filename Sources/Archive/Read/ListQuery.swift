import Engine
import Reports
import SQLite

/// The statement that lists one kind of summary by a filter.
struct ListQuery {
  let kind: SummaryKind
  let filter: ClusterFilter
  private let band: PlaceBand?
  /// The ids that keys are held against one by one, since they are too many to be looked up; nil where SQL does it or any are admitted.
  private let walkedIDs: Set<ClusterID>?

  /// Ids that are looked up one by one; of more those that are asked for are looked for among all.
  private static let fewIDs = 2_000

  /// Nil where nothing can match.
  ///
  /// - Parameter isOfKeys: whether `keysSQL` and `admits` will be asked, not `sql`.
  init?(_ kind: SummaryKind, _ filter: ClusterFilter, isOfKeys: Bool = false) {
    var filter = filter
    walkedIDs = isOfKeys && filter.ids?.count ?? 0 > Self.fewIDs ? filter.ids : nil
    if walkedIDs != nil { filter.ids = nil }
    self.kind = kind
    self.filter = filter
    band = filter.band
    guard filter.limit ?? 1 > 0, band != nil || !filter.hasPlace else { return nil }
  }

  /// One statement for every combination of conditions.
  var sql: String {
    """
    \(Self.select(kind, indexedBy: index))
    WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "))
    ORDER BY \(order)
    """
  }

  static func select(_ kind: SummaryKind, indexedBy index: String? = nil) -> String {
    switch kind {
    case .incident: "SELECT \(IncidentRow.columns) FROM \(IncidentRow.tables(indexedBy: index))"
    case .episode: "SELECT \(EpisodeRow.columns) FROM \(EpisodeRow.tables(indexedBy: index))"
    case .cluster: "SELECT \(ClusterRow.columns) FROM \(ClusterRow.tables(indexedBy: index))"
    }
  }

  /// Whether an index gives keys in the order of the list.
  var keysAreOrdered: Bool {
    filter.order == .recent && ["\(kind.rawValue)_by_recency", "\(kind.rawValue)_open"].contains(index)
  }

  /// The `ListKey` of each row, by an index alone where one has all that is asked.
  ///
  /// - Parameter hasPlaces: whether places are wanted though the filter asks for none.
  func keysSQL(hasPlaces: Bool = false) -> String {
    let hasPlaces = hasPlaces || filter.hasPlace
    // Which has the places, too, in the other order.
    let index = hasPlaces && index == "incident_by_recency" ? "incident_by_span" : index
    return """
      SELECT c.id, c.last_report_at, \(hasPlaces ? "c.latitude, c.longitude" : "NULL, NULL"),
        \(hasPlaces && kind == .incident ? "c.is_whole_area" : "0")
      FROM \(kind.rawValue) AS c\(index.map { " INDEXED BY \($0)" } ?? "")
      \(kind == .cluster && filter.isAlertedOnly ? "LEFT JOIN episode AS e ON e.id = c.episode" : "")
      WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "))
      \(keysAreOrdered && index == self.index ? "ORDER BY \(order)" : "")
      """
  }

  /// Whether SQL was asked all there is.
  var admitsAll: Bool { walkedIDs == nil && !filter.hasPlace }

  /// How many are admitted, where that is known without asking: of many ids that are there, all.
  var idCount: Int? { conditions.isEmpty ? walkedIDs?.count : nil }

  /// Whether a key satisfies what SQL was not asked.
  func admits(_ key: ListKey) -> Bool {
    walkedIDs?.contains(key.id) ?? true && (!filter.hasPlace || key.place.map { filter.admits($0) } ?? false)
  }

  /// Which index serves is told, not guessed: that of what is open, which is little, where the latest of it are asked for; else the one
  /// on keywords where words are given, else the one on places, else the one on alerts, else the one that has the order. The keywords
  /// of incidents and episodes lead to the primary key, which cannot be named.
  var index: String? {
    if filter.ids != nil { return nil }
    if filter.state == .open && filter.order == .recent { return "\(kind.rawValue)_open" }
    if !filter.keywordWords.isEmpty { return kind == .cluster ? "cluster_by_keyword" : nil }
    if band != nil { return "\(kind.rawValue)_by_place" }
    if filter.isAlertedOnly && kind != .cluster { return "\(kind.rawValue)_by_alert" }
    switch filter.order {
    case .recent: return "\(kind.rawValue)_by_recency"
    case .largest: return kind == .cluster ? "cluster_by_size" : "\(kind.rawValue)_by_strength"
    case .id: return nil
    }
  }

  var conditions: [String] {
    var conditions: [String] = []
    if !filter.keywordWords.isEmpty {
      let isAmong = "keyword IN (SELECT value FROM json_each(?1))"
      conditions.append(
        kind == .cluster ? "c.\(isAmong)" : "c.id IN (SELECT \(kind.rawValue) FROM \(kind.rawValue)_keyword WHERE \(isAmong))")
    }
    if filter.ids != nil { conditions.append("c.id IN (SELECT value FROM json_each(?13))") }
    if filter.since != nil { conditions.append("c.last_report_at >= ?2") }
    if filter.until != nil { conditions.append("c.opened_at < ?3") }
    // In words, so that SQLite sees that the index of what is open holds them all.
    if let state = filter.state { conditions.append("c.state = '\(state.rawValue)'") }
    if band != nil {
      conditions.append("c.latitude BETWEEN ?5 AND ?6")
      conditions.append("(c.longitude BETWEEN ?7 AND ?8 OR c.longitude BETWEEN ?9 AND ?10 OR abs(c.longitude) = 180)")
    }
    // The first half is what the index on recency can search by.
    if filter.after != nil { conditions.append("c.last_report_at <= ?11 AND (c.last_report_at < ?11 OR c.id > ?12)") }
    if filter.isAlertedOnly {
      conditions.append("\(kind == .cluster ? "e" : "c").alerted_at IS NOT NULL")
    } else if kind == .incident && !filter.includesExplained {
      conditions.append("c.explained_by IS NULL")
    }
    return conditions
  }

  private var order: String {
    switch (filter.order, kind) {
    case (.recent, _): "c.last_report_at DESC, c.id"
    case (.id, _): "c.id"
    case (.largest, .cluster): "c.witness_count DESC, c.report_count DESC, c.opened_at, c.id"
    case (.largest, _): "c.ri DESC, c.observed DESC, c.opened_at, c.id"
    }
  }

  /// Binds the parameters that `sql` has used.
  ///
  /// - Parameter keywordNumbers: a JSON array.
  func bind(keywordNumbers: String, to statement: borrowing Statement) throws(SQLiteError) {
    if !filter.keywordWords.isEmpty { try statement.bind(keywordNumbers, at: 1) }
    if let since = filter.since { try statement.bind(since.microseconds, at: 2) }
    if let until = filter.until { try statement.bind(until.microseconds, at: 3) }
    if let ids = filter.ids {
      try statement.bind("[" + ids.map { "\"\($0.description)\"" }.sorted().joined(separator: ",") + "]", at: 13)
    }
    if let after = filter.after {
      try statement.bind(after.lastReportAt.microseconds, at: 11)
      try statement.bind(after.id.description, at: 12)
    }
    if let band {
      try statement.bind(band.south, at: 5)
      try statement.bind(band.north, at: 6)
      for (index, range) in [band.longitudes.0, band.longitudes.1].enumerated() {
        try statement.bind(range.lowerBound, at: Int32(7 + index * 2))
        try statement.bind(range.upperBound, at: Int32(8 + index * 2))
      }
    }
  }
}
