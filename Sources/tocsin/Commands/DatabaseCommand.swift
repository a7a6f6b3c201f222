import Archive
import Arguments
import Engine
import Platform
import Render
import Reports
import Service

/// `tocsin db`: the file of the summaries, whether it is whole, how large it is, and copies of it.
enum DatabaseCommand {
  static let check = Command(
    "db check", "Read everything of the summaries' file: which tables are whole, and what can be saved of the others",
    flags: [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin db check", "exit code 0 when all is whole, 2 when a table is damaged or names what is not there")
    ])

  static let migrate = Command(
    "db migrate", "Bring the summaries of an earlier release up to date, without starting the aggregator",
    flags: [CommonFlags.store],
    examples: [.init("tocsin db migrate", "an aggregator that starts does the same")])

  static let backup = Command(
    "db backup", "Copy the summaries into one new file, also while the aggregator writes them", operands: ["FILE"],
    flags: [CommonFlags.store],
    examples: [
      .init("tocsin db backup /backup/tocsin-$(date +%F).sqlite", "as they stand at this moment; never half a file")
    ])

  static let vacuum = Command(
    "db vacuum", "Write the summaries' file anew without what is free in it; the aggregator must not run",
    flags: [CommonFlags.store],
    examples: [.init("tocsin db vacuum", "needs as much free space as the file has content")])

  static let salvage = Command(
    "db salvage", "Carry what only a damaged file of summaries says into the one that was made anew: what analysts did",
    operands: ["FILE"], flags: [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("mv store/summaries.sqlite damaged.sqlite", "with its -wal, if there is one; then start the aggregator, or replay"),
      .init("tocsin db salvage damaged.sqlite", "acts, silences, merges, and what was thrown away of the quarantine"),
    ])

  static let stat = Command(
    "db stat", "How large the summaries are: rows and bytes of each table, the write-ahead log, schema, position",
    flags: [
      Flag("by", "WHAT", "A row for each table, or one for the whole store; default table", choices: ["table", "store"]),
      CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin db stat", "what takes the space"),
      .init("tocsin db stat --by store --format json", "for a monitor: reads no table"),
    ])

  static func check(_ arguments: ParsedArguments) throws -> ExitCode {
    let check = try ArchiveCheck(folder: try CommonFlags.storeDirectory(arguments))
    var table = Table(
      columns: [
        Column("table"), Column("state"), Column("rowCount", title: "rows", alignment: .trailing),
        Column("says", isFlexible: true),
      ])
    for finding in check.findings {
      table.append([.text(finding.table), .text(finding.state.rawValue), .integer(finding.rowCount), .text(finding.says)])
    }
    _ = try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
    if check.version < ArchiveFormat.schemaVersion {
      Output.complain("its schema is version \(check.version); `tocsin db migrate` brings it to \(ArchiveFormat.schemaVersion)")
    }
    guard !check.isWhole else { return .success }
    Output.complain(
      "stop the aggregator and move the file away, with its -wal: the next start makes it anew from the journal (`tocsin journal check` "
        + "tells whether that is whole); or put a copy of `tocsin db backup` in its place")
    if !check.salvageable.isEmpty {
      let tables = check.salvageable.map { finding in
        "\(finding.table) (\(Words.quantity(Double(finding.rowCount), "row"))\(finding.state == .damaged ? " that can be read" : ""))"
      }
      Output.complain(
        "then carry over what only this file says, before anybody acts: `tocsin db salvage FILE`: "
          + tables.joined(separator: ", "))
    }
    return .failure
  }

  static func salvage(_ arguments: ParsedArguments) throws -> ExitCode {
    let salvage = try Salvage(from: arguments.operands[0], into: try CommonFlags.storeDirectory(arguments))
    var table = Table(
      columns: [
        Column("table"), Column("readCount", title: "read", alignment: .trailing),
        Column("addedCount", title: "added", alignment: .trailing), Column("says", isFlexible: true),
      ])
    for part in salvage.parts {
      table.append([.text(part.table), .integer(part.readCount), .integer(part.addedCount), .text(part.says)])
    }
    try Output.show(Output.renderer(CommonFlags.outputFormat(arguments)).render(table))
    guard salvage.isWhole else {
      Output.complain("what could be read is carried over, and not all of it could: keep the file")
      return .failure
    }
    return salvage.parts.contains { $0.readCount > 0 } ? .success : .nothingFound
  }

  static func migrate(_ arguments: ParsedArguments) throws -> ExitCode {
    let (from, to) = try StoreUpkeep.migrate(directory: try CommonFlags.storeDirectory(arguments))
    Output.complain(
      from == to ? "nothing to do: the schema is version \(to)" : "brought the schema from version \(from) to \(to)")
    return .success
  }

  static func backup(_ arguments: ParsedArguments) throws -> ExitCode {
    let directory = try CommonFlags.storeDirectory(arguments)
    let byteCount = try StoreUpkeep.backUp(directory: directory, to: arguments.operands[0]) { _, _ in }
    Output.complain("wrote \(byteCount) bytes")
    return .success
  }

  static func vacuum(_ arguments: ParsedArguments) throws -> ExitCode {
    let (before, after) = try StoreUpkeep.vacuum(directory: try CommonFlags.storeDirectory(arguments))
    Output.complain("\(before) bytes before, \(after) now")
    return .success
  }

  static func stat(_ arguments: ParsedArguments) throws -> ExitCode {
    let directory = try CommonFlags.storeDirectory(arguments)
    let isOfStore = arguments.string("by") == "store"
    let statistics = try ArchiveStatistics(folder: directory, hasParts: !isOfStore)
    let table = isOfStore ? try store(statistics, directory) : parts(statistics)
    let code = try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
    if !isOfStore {
      Output.complain(
        "\(statistics.fileByteCount) bytes, \(statistics.freeByteCount) of them free, and a write-ahead log of "
          + "\(statistics.logByteCount); schema \(statistics.version), journal position \(statistics.position)")
    }
    WriteAheadLog.complain(byteCount: statistics.logByteCount)
    return code
  }

  private static func parts(_ statistics: ArchiveStatistics) -> Table {
    var table = Table(
      columns: [
        Column("table"), Column("rowCount", title: "rows", alignment: .trailing),
        Column("tableByteCount", title: "bytes", alignment: .trailing),
        Column("indexByteCount", title: "of indexes", alignment: .trailing),
      ])
    for part in statistics.parts {
      table.append([
        .text(part.table), .integer(part.rowCount), part.tableByteCount.map { .integer($0) } ?? .missing,
        part.indexByteCount.map { .integer($0) } ?? .missing,
      ])
    }
    return table
  }

  private static func store(_ statistics: ArchiveStatistics, _ directory: String) throws -> Table {
    var table = Table(
      columns: [
        Column("storeID", title: "store", isFlexible: true), Column("schemaVersion", title: "schema", alignment: .trailing),
        Column("journalPosition", title: "position", alignment: .trailing), Column("watermark", dropOrder: 6),
        Column("fileByteCount", title: "bytes", alignment: .trailing),
        Column("freeByteCount", title: "free", alignment: .trailing),
        Column("logByteCount", title: "log", alignment: .trailing),
        Column("backlogCount", title: "backlog", alignment: .trailing),
        Column("historyCompleteSince", title: "history since", dropOrder: 4),
        Column("textsCompleteSince", title: "texts since", dropOrder: 3),
        Column("countsCompleteSince", title: "counts since", dropOrder: 2),
        Column("summariesCompleteSince", title: "summaries since", dropOrder: 1),
      ])
    let isCurrent = statistics.version == ArchiveFormat.schemaVersion
    let reader = isCurrent ? try ArchiveReader(folder: directory) : nil
    let extents = try reader?.historyExtents() ?? []
    let tiers = try reader?.retention() ?? []
    table.append(
      [
        .text(statistics.storeID), .integer(UInt64(statistics.version)), .integer(statistics.position),
        SummaryColumns.cell(statistics.watermark), .integer(statistics.fileByteCount), .integer(statistics.freeByteCount),
        .integer(statistics.logByteCount), statistics.backlogCount.map { .integer($0) } ?? .missing,
        SummaryColumns.cell(extents.compactMap(\.completeSince).max()),
      ] + RetentionTier.allCases.map { tier in SummaryColumns.cell(tiers.first { $0.tier == tier }?.completeSince) })
    return table
  }
}
