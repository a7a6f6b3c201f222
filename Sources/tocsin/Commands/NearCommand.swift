import Archive
import Arguments
import Engine
import Render
import Reports

/// `tocsin near`: what lies near a place now, the nearest first, and what has reports all around it.
enum NearCommand {
  static let description = Command(
    "near", "What lies near a place now, the nearest first, and what has reports all around it", operands: ["PLACE"],
    flags: [CommonFlags.within] + CommonFlags.filtersOfAnyPlace + [
      CommonFlags.kind(to: "look for"),
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      Flag(
        "state", "STATE", "Only those in this state; default open, and any where --since or --until is given",
        choices: ["open", "closed", "any"]),
      CommonFlags.limit, CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin near 42.346,-71.098", "open incidents within a kilometre, and those whose reports lie on all sides"),
      .init("tocsin near 51w0 --within 5km --kind cluster", "clusters around the middle of an incident, by its id"),
      .init("tocsin near 42.346,-71.098 --since 2015-02-09 --until 2015-02-16", "what happened there in a week"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    let limit = filter.limit
    filter.limit = nil
    let state = arguments.string("state") ?? (filter.since == nil && filter.until == nil ? "open" : "any")
    filter.state = ClusterFilter.State(rawValue: state)
    let radius = try arguments.distance("within") ?? 1_000
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let center = try center(arguments.operands[0], reader)
    filter.near = ClusterFilter.Near(center: center, radiusMeters: radius)
    try KeywordStems.admit(to: &filter, reader)
    let kind = CommonFlags.kind(arguments)
    let acts = try ActFlags.filter(arguments, kind, reader)
    let covering = Set(try reader.ids(of: kind, touching: BoundingBox(center)))
    var either = filter
    either.near = nil
    either.ids = covering.union(try ids(kind, filter, reader))
    let table = table(try ListCommand.table(kind, either, acts, reader), from: center, covering: covering)
    if table.rows.isEmpty {
      let what = state == "any" ? kind.rawValue : "\(state) \(kind.rawValue)"
      let wider = try Widening(arguments, kind, filter, acts, reader)
      wider.complain("no \(what) has its middle within \(Words.grouped(radius)) m, or reports all around the place")
    }
    ListPage.complainOfCut(min(limit ?? .max, table.rows.count), of: table.rows.count)
    return try ClusterTable.print(limit.map(table.prefix) ?? table, CommonFlags.outputFormat(arguments))
  }

  private static func ids(
    _ kind: SummaryKind, _ filter: ClusterFilter, _ reader: borrowing ArchiveReader
  ) throws -> [ClusterID] {
    switch kind {
    case .incident: try reader.incidents(filter).map(\.summary.id)
    case .episode: try reader.episodes(filter).map(\.summary.id)
    case .cluster: try reader.clusters(filter).map(\.id)
    }
  }

  /// A place, or the middle of what an id names.
  private static func center(_ text: String, _ reader: borrowing ArchiveReader) throws -> Coordinate {
    if let place = Place.coordinate(text) { return place }
    let expected = "near: expected \(Place.expected), or the id of something, found \"\(text)\""
    if text.contains(",") || text.contains(".") || text.contains(" ") {
      throw ArgumentError(expected + (Place.advice(text).map { "; \($0)" } ?? ""))
    }
    let detail: SummaryDetail
    switch try reader.find(text) {
    case .found(let found): detail = found
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.id)")
      detail = into
    case .ambiguous(let ids):
      throw ArgumentError("near: several ids begin with \"\(text)\": \(ids.map(\.description).joined(separator: ", "))")
    case .none: throw ArgumentError(expected)
    }
    let place =
      switch detail {
      case .incident(let incident): incident.row.summary.centroid
      case .episode(let episode): episode.row.summary.centroid
      case .cluster(let cluster): Optional(cluster.row.location)
      }
    guard let place else { throw ArgumentError("near: \(detail.id) is the whole area; name a place") }
    return place
  }

  private static let winds = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"]

  /// The rows of a list with how far away they are and where, the nearest first.
  private static func table(_ list: Table, from center: Coordinate, covering: Set<ClusterID>) -> Table {
    let placeIndex = list.columns.firstIndex { $0.name == "location" } ?? 0
    let names = Set(covering.map(\.description))
    var rows: [(meters: Double, cells: [Cell])] = []
    for cells in list.rows {
      guard case .place(let place) = cells[placeIndex], case .text(let id) = cells[0] else { continue }
      let meters = GreatCircle.meters(center, place)
      let wind = winds[Int((GreatCircle.bearingDegrees(center, place) / 45).rounded()) % 8]
      rows.append(
        (meters, [cells[0], .integer(UInt64(meters.rounded())), .text(wind), .flag(names.contains(id))] + cells.dropFirst()))
    }
    // Three columns more than the list has: in narrow terminals what was alerted goes, too, after all that matters less.
    var columns = list.columns
    if let alert = columns.firstIndex(where: { $0.name == "alert" }) { columns[alert].dropOrder = 8 }
    columns.insert(
      contentsOf: [
        Column("distanceMeters", title: "metres", alignment: .trailing), Column("direction", title: "to the", dropOrder: 0),
        Column("isAround", title: "around", dropOrder: 9),
      ], at: 1)
    var table = Table(columns: columns, placeColumn: list.placeColumn, boxColumn: list.boxColumn, idColumn: list.idColumn)
    // Of equally near ones the order of the list stays.
    for row in rows.enumerated().sorted(by: { ($0.element.meters, $0.offset) < ($1.element.meters, $1.offset) }) {
      table.append(row.element.cells)
    }
    return table
  }
}
