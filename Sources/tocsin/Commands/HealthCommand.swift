import Archive
import Arguments
import Engine
import Render
import Reports

/// `tocsin health`: how true the stated recurrence intervals are, as far as the stream itself tells.
enum HealthCommand {
  static let description = Command(
    "health", "How far each profile's statements can be trusted: what it has learned, and the health ratio",
    flags: [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin health", "a ratio near 1: what should come once in 5 to 30 days comes so often"),
      .init("tocsin health --format json", "the same for a monitor"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    var table = Table(
      columns: [
        Column("profile", isFlexible: true), Column("state"), Column("asOf", title: "as of", dropOrder: 5),
        Column("coveredDays", title: "covered days", alignment: .trailing),
        Column("warmUpDays", title: "needed", alignment: .trailing),
        Column("shadowDays", title: "shadow days", alignment: .trailing, dropOrder: 4),
        Column("episodeFactor", title: "episode factor", alignment: .trailing),
        Column("healthRatio", title: "health ratio", alignment: .trailing),
        Column("seriesCount", title: "series", alignment: .trailing, dropOrder: 3),
        Column("familyCount", title: "families", alignment: .trailing, dropOrder: 1),
        Column("evictedSeriesCount", title: "evicted", alignment: .trailing, dropOrder: 2),
      ])
    for row in try reader.calibrations() {
      let summary = row.summary
      table.append([
        .text(row.label), .text(summary.isLearning ? "learning" : "scoring"), .time(summary.asOf),
        .estimate(summary.coveredDays), .estimate(summary.warmUpDays), .estimate(summary.shadowDays),
        .estimate(summary.episodeFactor), .estimate(summary.healthRatio), .integer(summary.seriesCount),
        .integer(UInt64(summary.familyCount)), .integer(summary.evictedSeriesCount),
      ])
    }
    WriteAheadLog.complain(byteCount: reader.logByteCount)
    if table.rows.isEmpty { Output.complain("nothing has been scored yet") }
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }
}
