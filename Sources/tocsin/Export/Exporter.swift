import Archive
import Engine
import Export
import Render

/// Takes layers out of a store and into a writer, row by row.
struct Exporter {
  let filter: ClusterFilter
  let acts: ActFilter
  /// Whether roll-ups say where their cell lies.
  let isPlaced: Bool
  let progress: ExportProgress

  /// Exports kinds, all as they are at one moment.
  func export<Writer: FeatureWriter & ~Copyable>(
    _ kinds: [ExportKind], of reader: borrowing ArchiveReader, to writer: inout Writer
  ) throws {
    // Cells add up what roll-ups say, in one reading where those are whole.
    let sharesTotals = filter.limit == nil && kinds.contains(.rollup) && kinds.contains(.cell)
    var totals = CellTotals()
    try reader.atOneMoment {
      for kind in kinds {
        let layer = ExportLayers.layer(kind, isPlaced: isPlaced)
        progress.begin(layer.name)
        try writer.begin(layer)
        if kind == .rollup {
          try reader.forEachRollup(filter) { rollup in
            if sharesTotals { try reader.add(rollup.row, to: &totals) }
            try writer.add(
              ExportLayers.cells(rollup, isPlaced: isPlaced), isPlaced ? rollup.box.map { Shape(area: $0) } : nil)
            try progress.note()
          }
        } else if kind == .cell {
          if !sharesTotals { try addUp(reader, &totals) }
          try reader.forEachCell(&totals, limit: filter.limit) { row in
            try writer.add(ExportLayers.cells(row), Shape(area: row.box))
            try progress.note()
          }
        } else {
          try export(kind, of: reader, to: &writer)
        }
        try writer.end()
      }
    }
    try writer.finish()
  }

  private func addUp(_ reader: borrowing ArchiveReader, _ totals: inout CellTotals) throws {
    var filter = filter
    filter.limit = nil
    try reader.forEachRollup(filter) { rollup in
      try reader.add(rollup.row, to: &totals)
      try progress.check()
    }
  }

  private func export<Writer: FeatureWriter & ~Copyable>(
    _ kind: ExportKind, of reader: borrowing ArchiveReader, to writer: inout Writer
  ) throws {
    switch kind {
    case .incident:
      try reader.forEachIncident(filter, acts) { row in
        let summary = row.summary
        try writer.add(
          IncidentTable.cells(row) + ActColumns.cells(row.acts),
          ExportLayers.shape(row.bestWindow, summary.boundingBox, summary.centroid))
        try progress.note()
      }
    case .episode:
      try reader.forEachEpisode(filter) { row in
        let summary = row.summary
        try writer.add(
          EpisodeTable.cells(row), ExportLayers.shape(summary.windows.first, summary.boundingBox, summary.centroid))
        try progress.note()
      }
    case .episodeCell:
      try reader.forEachEpisodeCell(filter) { row in
        try writer.add(ExportLayers.cells(row), Shape(area: row.cell.box))
        try progress.note()
      }
    case .cluster:
      try reader.forEachCluster(filter) { row in
        try writer.add(ClusterTable.cells(row), .point(row.location))
        try progress.note()
      }
    case .sample: try exportSamples(of: reader, to: &writer)
    case .source:
      let table = SourcesCommand.sources(try reader.sources(), outages: try reader.outages())
      for row in table.rows.prefix(filter.limit ?? .max) {
        try writer.add(row, nil)
        try progress.note()
      }
    case .rollup, .cell: preconditionFailure("they are exported together")
    }
  }

  /// Those of clusters, then those of episodes, as many together as the limit says.
  private func exportSamples<Writer: FeatureWriter & ~Copyable>(
    of reader: borrowing ArchiveReader, to writer: inout Writer
  ) throws {
    var filter = filter
    for kind in [SummaryKind.cluster, .episode] {
      var count = 0
      try reader.forEachSample(of: kind, filter) { row in
        try writer.add(ExportLayers.cells(row), row.location.map { .point($0) })
        count += 1
        try progress.note()
      }
      filter.limit = filter.limit.map { $0 - count }
    }
  }
}
