import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// Everything that can be asked of a store, in every way that changes a statement.
extension PlanTests {
  /// - Returns: The store that was asked.
  static func ask(_ log: StatementLog) throws -> Store {
    let store = try filled()
    let reader = try ArchiveReader(folder: store.folder.path, log: log)
    for kind in SummaryKind.allCases {
      for filter in filters {
        try askLists(reader, kind, filter)
        try askStreams(reader, kind, filter)
      }
      try askHistory(reader, kind)
      let box = BoundingBox(westE7: 0, southE7: 0, eastE7: 900_000_000, northE7: 800_000_000)
      _ = try reader.ids(of: kind, touching: box)
      let found = try reader.search(kind, ["report", "a*"])
      _ = try reader.snippets(kind, ["report"], of: Array(found.ids))
    }
    try askSummaries(reader)
    try askCounts(reader)
    try askActs(reader)
    return store
  }

  /// A store with something in every table, and summaries that the side tables do not know of yet.
  private static func filled() throws -> Store {
    let store = try Store()
    do {
      var generator = ChangesGenerator(seed: 4)
      var writer = try store.writer(fingerprint: "cluster.cellMeters=1000.0\n")
      for _ in 0..<12 { try writer.apply(generator.next(), sample: Twin.sample) }
      while try writer.fillSides(count: 50) == 50 {}
      for _ in 0..<3 { try writer.apply(generator.next(), sample: Twin.sample) }
    }
    let analyst = try store.analyst()
    let ids = try store.reader().incidents(ClusterFilter()).map(\.summary.id)
    try #require(ids.count > 2)
    _ = try analyst.acknowledge(ids[0])
    _ = try analyst.assign(ids[0], to: "ben")
    _ = try analyst.merge(ids[1], into: ids[2], reason: "one fire")
    for silence in silences { _ = try analyst.begin(silence) }
    return store
  }

  private static var silences: [Silence] {
    let place = ClusterFilter.Near(center: Coordinate(latitudeE7: 425_000_000, longitudeE7: -710_000_000), radiusMeters: 2e6)
    var circle = Silence(
      startsAt: Timestamp(microseconds: -1_000_000_000_000), endsAt: Timestamp(seconds: 2_000_000_000),
      idleMicroseconds: 1_000_000_000_000, reason: "known")
    circle.area = .circle(place)
    var words = circle
    words.area = nil
    words.keywordWords = ["leak"]
    return [circle, words]
  }

  /// Each condition alone, and what analysts put together.
  private static var filters: [ClusterFilter] {
    let near = ClusterFilter.Near(center: Coordinate(latitudeE7: 425_000_000, longitudeE7: -710_000_000), radiusMeters: 2e6)
    let sets: [(inout ClusterFilter) -> Void] = [
      { _ in }, { $0.near = near }, { $0.keywordWords = ["gas"] }, { $0.since = Timestamp(seconds: 0) }, { $0.state = .open },
      { $0.state = .closed }, { $0.isAlertedOnly = true }, { $0.includesExplained = true },
      { $0.after = ListCursor(lastReportAt: Timestamp(seconds: 9), id: ClusterID(rawValue: 9)) },
      { $0.ids = [ClusterID(rawValue: 1), ClusterID(rawValue: 2)] },
      { $0.ids = Set((0..<3_000).map { ClusterID(rawValue: $0) }) },
      { ($0.near, $0.keywordWords, $0.since) = (near, ["gas"], Timestamp(seconds: 0)) },
      { ($0.near, $0.state) = (near, .open) }, { ($0.keywordWords, $0.state) = (["gas"], .open) },
      { ($0.since, $0.until) = (Timestamp(seconds: 0), Timestamp(seconds: 1_500_000_000)) },
    ]
    return sets.flatMap { set in
      [nil, 5].map { limit in
        var filter = ClusterFilter()
        set(&filter)
        filter.limit = limit
        return filter
      }
    }
  }

  private static func askLists(_ reader: borrowing ArchiveReader, _ kind: SummaryKind, _ filter: ClusterFilter) throws {
    for order in [ClusterFilter.Order.recent, .largest] where order == .recent || filter.after == nil {
      var filter = filter
      filter.order = order
      switch kind {
      case .incident:
        _ = try reader.incidents(filter)
        _ = try reader.incidents(filter, ActFilter())
      case .episode: _ = try reader.episodes(filter)
      case .cluster: _ = try reader.clusters(filter)
      }
    }
    for acts in [nil, ActFilter()] { _ = try reader.count(kind, filter, acts, bound: 10) }
    if filter.after == nil && filter.ids == nil {
      _ = try reader.rows(of: kind, asOf: Timestamp(seconds: 1_900_000_000), filter)
    }
    _ = try reader.days(filter)
    _ = try reader.hours(filter, Timestamp(seconds: 0)..<Timestamp(seconds: 1_500_000_000))
  }

  private static func askStreams(_ reader: borrowing ArchiveReader, _ kind: SummaryKind, _ filter: ClusterFilter) throws {
    guard filter.after == nil, filter.ids == nil else { return }
    // As the export asks.
    var filter = filter
    filter.order = .id
    try reader.atOneMoment {
      switch kind {
      case .incident: try reader.forEachIncident(filter, ActFilter()) { _ in }
      case .episode:
        try reader.forEachEpisode(filter) { _ in }
        try reader.forEachEpisodeCell(filter) { _ in }
      case .cluster:
        try reader.forEachCluster(filter) { _ in }
        var totals = CellTotals(heldCount: 2)
        var rollups: [RollupRow] = []
        try reader.forEachRollup(filter) { rollups.append($0.row) }
        for rollup in rollups { try reader.add(rollup, to: &totals) }
        try reader.forEachCell(&totals, limit: nil) { _ in }
      }
      if kind != .incident { try reader.forEachSample(of: kind, filter) { _ in } }
    }
  }

  private static func askHistory(_ reader: borrowing ArchiveReader, _ kind: SummaryKind) throws {
    _ = try reader.historyRows(kind)
    _ = try reader.history(of: ClusterID(rawValue: 1), kind)
    _ = try reader.difference(of: kind, since: Timestamp(seconds: 0), until: Timestamp(microseconds: .max))
    _ = try reader.historyIDs(beginning: "0", among: [kind], limit: 3)
    _ = try reader.historyExtents()
    _ = try reader.retention()
  }

  /// One by one: by the whole id, by its beginning, and by one that was absorbed.
  private static func askSummaries(_ reader: borrowing ArchiveReader) throws {
    var filter = ClusterFilter()
    filter.includesExplained = true
    let incidents = try reader.incidents(filter)
    let ids =
      incidents.map(\.summary.id) + (try reader.episodes(filter).map(\.summary.id)) + (try reader.clusters(filter).map(\.id))
    for id in ids { _ = try reader.find(id.description) }
    for kind in SummaryKind.allCases {
      for digit in "0123456789abcdefghjkmnpqrstvwxyz" { _ = try reader.find("\(digit)", among: [kind]) }
    }
    let connection = try Connection(path: reader.path, mode: .readOnly)
    for kind in ["incident", "cluster"] {
      let select = try connection.prepare("SELECT absorbed FROM \(kind)_merge")
      while try select.step() { _ = try reader.find(select.text(0) ?? "") }
    }
    _ = try reader.incident(of: ClusterID(rawValue: 1))
    _ = try reader.clusters(
      holding: Coordinate(latitudeE7: 425_000_000, longitudeE7: -710_000_000), at: Timestamp(seconds: 1), keywords: ["gas leak"])
  }

  private static func askCounts(_ reader: borrowing ArchiveReader) throws {
    _ = try reader.localOffsetHours(ClusterFilter())
    for words in [[], ["gas"]] {
      var filter = RollupFilter()
      filter.keywordWords = words
      _ = try reader.rollups(filter)
    }
    _ = (try reader.sources(), try reader.producers(), try reader.outages(), try reader.calibrations(), try reader.coverage())
    _ = (try reader.meta(), try reader.keywords(), try reader.backlogCount(), try reader.refusedCounts(), try reader.byteCount())
    _ = try reader.quarantine(QuarantineFilter())
    _ = try reader.quarantinePlaces([1...9])
    _ = try reader.keywords(beginningWith: "g", count: 3)
    _ = try reader.sources(beginningWith: "s", count: 3)
    for digit in "0123456789abcdefghjkmnpqrstvwxyz" { _ = try reader.incidents(beginningWith: "\(digit)", count: 3) }
  }

  private static func askActs(_ reader: borrowing ArchiveReader) throws {
    _ = (try reader.hasActs(), try reader.analysts(), try reader.firstAct())
    _ = try reader.acts()
    let ids = try reader.incidents(ClusterFilter()).map(\.summary.id)
    for id in ids.prefix(3) { _ = try reader.acts(on: id, analyst: "ana", limit: 3) }
    for id in ids.prefix(3) {
      if case .found(let detail) = try reader.find(id.description) { _ = try reader.withActs(detail, ActFilter()) }
    }
    _ = try reader.actedIDs(beginning: "0")
    _ = try reader.liveIncidents(of: ids + [ClusterID(rawValue: 1)])
    _ = try reader.silences(ActFilter())
    _ = try reader.lapsedSilences(ActFilter())
    for silence in silences {
      _ = try reader.preview(silence, ActFilter())
      _ = try reader.latestBefore(silence, ActFilter())
    }
    _ = try reader.reportTime()
  }
}
