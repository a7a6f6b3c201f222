import Archive
import Engine
import Export
import Render
import Reports

/// The layers of an export: their columns, and what is said of a row. docs/export.md tells readers the same.
enum ExportLayers {
  /// - Parameter isPlaced: whether roll-ups say where their cell lies; in a GeoPackage the layer of cells does.
  static func layer(_ kind: ExportKind, isPlaced: Bool) -> Layer {
    switch kind {
    case .incident:
      summaries(
        "incidents", "What is unusual: the window that the best episode's numbers are of", .multiPolygon,
        IncidentTable.more + ActColumns.names)
    case .episode:
      summaries("episodes", "What an incident is made of: the window that its numbers are of", .multiPolygon, EpisodeTable.more)
    case .cluster:
      summaries("clusters", "Reports that stand close together: the mean of their places", .point, ClusterTable.more)
    case .episodeCell: episodeCells
    case .sample: samples
    case .rollup: rollups(isPlaced: isPlaced)
    case .cell: cells
    case .source: sources
    }
  }

  private static func summaries(_ name: String, _ says: String, _ geometry: Layer.Geometry, _ more: [String]) -> Layer {
    let columns = SummaryColumns.all + more.map { Column($0) }
    return Layer(
      name, says: says, geometry: geometry, columns: columns, kinds: columns.map { kind(of: $0.name) },
      placeColumn: "location", boxColumn: "boundingBox", idColumn: "id")
  }

  /// What a column that `list` or `sources` prints is; most are texts or counts.
  private static func kind(of column: String) -> Layer.Kind {
    switch column {
    case "location": .place
    case "boundingBox": .box
    case "openedAt", "lastReportAt", "alertedAt", "firstSeenAt", "lastSeenAt", "windowStart", "windowEnd", "acknowledgedAt": .time
    case "alert", "isWholeArea", "isPlaceSuspect", "isStopped": .flag
    case "expected", "ratio", "recurrenceIntervalDays", "recurrenceIntervalLocalDays", "recurrenceIntervalRobustDays",
      "radiusMeters", "firstExpected", "firstRecurrenceIntervalDays", "commonestPlaceShare":
      .number
    case "reportCount", "witnessCount", "sourceCount", "observed", "episodeCount", "firstObserved", "nearDuplicateCount",
      "received", "accepted", "duplicate", "late", "rejected", "cancelled", "nearDuplicate", "refusedKeyword", "resent",
      "noteCount", "memberCount", "silencedBy":
      .integer
    default: .text
    }
  }

  /// The area that the numbers of a summary are of: its best window's, and the box of its reports where that is the whole area, whose
  /// own box is the Earth; nil where none of them has a place.
  static func shape(_ window: WindowScore?, _ box: BoundingBox?, _ centroid: Coordinate?) -> Shape? {
    guard centroid != nil else { return nil }
    let drawn = window.map { $0.area(reports: box) } ?? box
    return drawn.map { Shape(area: $0) }
  }

  // MARK: Cells of episodes

  private static let episodeCells = Layer(
    "episode_cells", says: "The cells of each episode's best windows: where in it the reports are", geometry: .multiPolygon,
    columns: ["episode", "keywords", "cell", "observed", "expected", "ratio"].map { Column($0) },
    kinds: [.text, .text, .integer, .integer, .number, .number])

  static func cells(_ row: EpisodeCellRow) -> [Cell] {
    let (observed, expected) = (row.cell.observed, row.cell.expected)
    return [
      .text(row.episode.description), .words(row.keywords), .integer(row.cell.cell.rawValue), .integer(observed),
      .estimate(expected), expected > 0 ? .number(Double(observed) / expected) : .missing,
    ]
  }

  // MARK: Samples

  private static let samples = Layer(
    "samples", says: "Texts of reports, at the mean place of the cluster or episode that they were sampled from",
    geometry: .point,
    columns: [
      "summary", "kind", "keywords", "source", "reportId", "reportedAt", "text", "nearDuplicateCount", "journalPosition",
      "location",
    ].map { Column($0) },
    kinds: [.text, .text, .text, .text, .text, .time, .text, .integer, .integer, .place], placeColumn: "location")

  static func cells(_ row: SampleRow) -> [Cell] {
    let sample = row.sample
    return [
      .text(row.summary.description), .text(row.kind.rawValue), .words(row.keywords), .text(sample.source),
      .text(sample.reportID), .time(sample.reportedAt), .text(sample.text), .integer(UInt64(sample.nearDuplicateCount)),
      .integer(sample.journalPosition), SummaryColumns.cell(row.location),
    ]
  }

  // MARK: Cells and hours

  private static func rollups(isPlaced: Bool) -> Layer {
    Layer(
      "rollups", says: "Reports of a keyword in a cell and an hour; the layer of cells says where",
      geometry: isPlaced ? .multiPolygon : nil,
      columns: (["keyword", "startsAt", "cell", "reportCount", "witnessCount"] + (isPlaced ? ["location"] : [])).map {
        Column($0)
      },
      kinds: [.text, .time, .integer, .integer, .integer] + (isPlaced ? [.place] : []),
      placeColumn: isPlaced ? "location" : nil)
  }

  static func cells(_ rollup: PlacedRollup, isPlaced: Bool) -> [Cell] {
    let row = rollup.row
    var cells: [Cell] = [
      .text(row.keyword), .time(row.startsAt), row.cell == .nowhere ? .missing : .integer(row.cell.rawValue),
      .integer(row.reportCount), .integer(row.witnessCount),
    ]
    if isPlaced { cells.append(SummaryColumns.cell(rollup.box?.middle)) }
    return cells
  }

  private static let cells = Layer(
    "cells", says: "The cells of the grid in which anything was reported, with all their hours added up", geometry: .multiPolygon,
    columns: ["cell", "row", "column", "reportCount", "witnessCount", "firstAt", "lastAt", "location"].map { Column($0) },
    kinds: [.integer, .integer, .integer, .integer, .integer, .time, .time, .place], placeColumn: "location")

  static func cells(_ row: CellRow) -> [Cell] {
    [
      .integer(row.cell.rawValue), .integer(UInt64(row.cell.row)), .integer(UInt64(row.cell.column)),
      .integer(row.total.reportCount), .integer(row.total.witnessCount), .time(row.total.firstAt), .time(row.total.lastAt),
      .place(row.box.middle),
    ]
  }

  // MARK: Sources

  private static let sources: Layer = {
    let columns = SourcesCommand.sources([], outages: []).columns
    return Layer(
      "sources", says: "Where reports come from, and what became of them", geometry: nil, columns: columns,
      kinds: columns.map { kind(of: $0.name) })
  }()
}

extension BoundingBox {
  /// Of a box that does not cross the antimeridian.
  fileprivate var middle: Coordinate {
    Coordinate(
      latitudeE7: Int32((Int64(southE7) + Int64(northE7)) / 2), longitudeE7: Int32((Int64(westE7) + Int64(eastE7)) / 2))
  }
}
