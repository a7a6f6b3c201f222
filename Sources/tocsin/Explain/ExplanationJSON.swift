import Archive
import Engine
import JSON
import Render
import Reports

/// An explanation as JSON: the members of `list`, then every number that the store holds of it.
enum ExplanationJSON {
  static func object(_ detail: SummaryDetail) -> [UInt8] {
    SummaryJSON.object(detail) { writer in
      switch detail {
      case .cluster(let cluster):
        SummaryJSON.cells(cluster.cells, to: &writer)
        SummaryJSON.samples(cluster.samples, to: &writer)
      case .episode(let episode): members(episode, to: &writer)
      case .incident(let incident): members(incident, to: &writer)
      }
    }
  }

  private static func members(_ detail: IncidentDetail, to writer: inout JSONWriter) {
    writer.key("first")
    significance(detail.row.summary.firstSignificance, to: &writer)
    SummaryJSON.array("episodes", detail.episodes, to: &writer) { writer, row in
      writer.beginObject()
      writer.member("id", row.summary.id.description)
      writer.member("keyword", row.keywords[0])
      SummaryJSON.array("otherKeywords", Array(row.keywords.dropFirst()), to: &writer) { $0.value($1) }
      writer.member("reportCount", row.summary.reportCount)
      writer.member("recurrenceIntervalDays", capped(row.summary.significance.recurrenceIntervalDays))
      writer.endObject()
    }
    writer.key("bestEpisode")
    guard let best = detail.best else { return writer.null() }
    let bytes = object(.episode(best)).dropLast()
    writer.raw(bytes.span)
  }

  private static func members(_ detail: EpisodeDetail, to writer: inout JSONWriter) {
    let summary = detail.row.summary
    writer.member("identicalPlaceCount", summary.identicalPlaceCount)
    writer.key("first")
    significance(summary.firstSignificance, to: &writer)
    writer.key("baseline")
    writer.beginObject()
    writer.member("perDay", summary.baseline.perDay)
    writer.member("coveredDays", summary.baseline.coveredDays)
    writer.member("priorShare", summary.baseline.priorShare)
    writer.member("seasonFactor", summary.baseline.seasonFactor)
    writer.member("guardDays", summary.baseline.guardDays)
    writer.endObject()
    writer.member("windowCount", summary.windowCount)
    SummaryJSON.array("windows", summary.windows, to: &writer) { window($1, to: &$0) }
    SummaryJSON.array("cells", summary.cells, to: &writer) { writer, cell in
      writer.beginObject()
      writer.member("row", cell.cell.row)
      writer.member("column", cell.cell.column)
      box(cell.box, to: &writer)
      writer.member("observed", cell.observed)
      writer.member("expected", cell.expected)
      writer.endObject()
    }
    SummaryJSON.array("bins", summary.bins, to: &writer) { writer, bin in
      writer.beginObject()
      writer.member("startsAt", bin.startsAt.description)
      writer.member("observed", bin.observed)
      writer.member("expected", bin.expected)
      writer.endObject()
    }
    SummaryJSON.samples(detail.samples, to: &writer)
    SummaryJSON.array("clusters", detail.clusters, to: &writer) { $0.value($1.id.description) }
  }

  private static func window(_ window: WindowScore, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("isWholeArea", window.isWholeArea)
    box(window.box, to: &writer)
    writer.member("sideMeters", window.sideMeters)
    writer.member("startsAt", window.startsAt.description)
    writer.member("endsAt", window.endsAt.description)
    writer.member("durationBins", window.durationBins)
    writer.member("testedAt", window.testedAt.description)
    writer.member("observed", window.observed)
    writer.member("expected", window.expected)
    writer.member("dispersion", window.dispersion)
    writer.member("varianceRatio", window.varianceRatio)
    writer.member("logTailProbability", window.logTailProbability)
    writer.member("seriesCount", window.seriesCount)
    writer.member("familyCount", window.familyCount)
    writer.member("ticksPerDay", window.ticksPerDay)
    writer.member("nominalRecurrenceIntervalDays", capped(window.nominalRecurrenceIntervalDays))
    writer.member("isNovel", window.isNovel)
    writer.endObject()
  }

  private static func significance(_ significance: Significance, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("observed", significance.observed)
    writer.member("expected", significance.expected)
    writer.member("ratio", significance.ratio)
    writer.member("recurrenceIntervalDays", capped(significance.recurrenceIntervalDays))
    writer.member("recurrenceIntervalLocalDays", capped(significance.recurrenceIntervalLocalDays))
    writer.member("recurrenceIntervalRobustDays", capped(significance.recurrenceIntervalRobustDays))
    writer.endObject()
  }

  /// West, south, east, north in degrees.
  private static func box(_ box: BoundingBox, to writer: inout JSONWriter) {
    SummaryJSON.array("boundingBox", [box.westE7, box.southE7, box.eastE7, box.northE7], to: &writer) {
      $0.value(Double($1) / 1e7)
    }
  }

  private static func capped(_ days: Double) -> Double { days.isNaN ? days : min(days, Cell.longestIntervalDays) }
}
