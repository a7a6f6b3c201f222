import Archive
import Arguments
import Engine
import Render
import Reports
import Service

/// `tocsin sources`: the loss ledger, source by source.
enum SourcesCommand {
  static let description = Command(
    "sources", "What came from each source, what became of it, and which sources are silent",
    flags: [
      Flag(
        "producers", nil,
        "By producer and epoch instead, with the sequence that each has reached and what of its events is missing"),
      Flag("outages", nil, "The silences that a source's own past does not explain instead, the latest first"),
      Flag("refused", nil, "What was refused before it became an event instead: unknown keys, broken messages, and how often"),
      CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin sources", "received = accepted + duplicate + late + rejected, for every source"),
      .init("tocsin sources --producers", "the same by who sent it: announced and not come, lost, asked for and sent again"),
      .init("tocsin sources --outages", "when a source stopped, and when it came back"),
      .init("tocsin sources --refused", "who could not get in, and why"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let chosen = ["producers", "outages", "refused"].filter { arguments.has($0) }
    guard chosen.count < 2 else {
      throw ArgumentError("--\(chosen[1]): says what to print, and so does --\(chosen[0]); give one of them")
    }
    let directory = try CommonFlags.storeDirectory(arguments)
    let reader = try ArchiveReader(folder: directory)
    let table =
      if arguments.has("producers") {
        producers(try reader.producers())
      } else if arguments.has("outages") {
        outages(try reader.outages())
      } else if arguments.has("refused") {
        refused(try RefusalLedger(path: StoreLayout(directory: directory).refusals))
      } else {
        sources(try reader.sources(), outages: try reader.outages())
      }
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  private static let counts = ["received", "accepted", "duplicate", "late", "rejected"].map { Column($0, alignment: .trailing) }

  private static func cells(_ ledger: Ledger) -> [Cell] {
    [ledger.received, ledger.accepted, ledger.duplicate, ledger.late, ledger.rejected].map { .integer($0) }
  }

  /// Events whose source could not be read stand under a source that is null.
  private static func name(_ bytes: some Collection<UInt8>) -> Cell {
    bytes.isEmpty ? .missing : .text(String(decoding: bytes, as: UTF8.self))
  }

  static func sources(_ ledgers: [SourceLedger], outages: [OutageRow]) -> Table {
    let stopped = Set(outages.filter { $0.outage.endedAt == nil }.map(\.outage.source))
    var table = Table(
      columns: [Column("source", isFlexible: true)] + counts + [
        Column("lastSeenAt", title: "last seen", dropOrder: 6), Column("role", dropOrder: 5),
        Column("cancelled", alignment: .trailing, dropOrder: 3),
        Column("nearDuplicate", title: "alike", alignment: .trailing, dropOrder: 2),
        Column("refusedKeyword", title: "refused", alignment: .trailing, dropOrder: 1),
        Column("commonestPlaceShare", title: "same place", alignment: .trailing, dropOrder: 4),
        Column("isPlaceSuspect", isHiddenInTable: true),
        Column("isStopped", isHiddenInTable: true),
        Column("remark", isFlexible: true), Column("resent", alignment: .trailing, isHiddenInTable: true),
      ])
    for source in ledgers {
      let share = source.ledger.accepted > 0 ? Double(source.commonestPlaceCount) / Double(source.ledger.accepted) : nil
      // A half, less what the engine's count may fall short by.
      let isSuspect = share.map { $0 >= 0.47 } ?? false
      let isStopped = stopped.contains(source.number)
      let remarks = [isStopped ? "stopped" : nil, isSuspect ? "half or more at one place" : nil].compactMap { $0 }
      table.append(
        [name(source.name)] + cells(source.ledger) + [
          SummaryColumns.cell(source.lastSeenAt), .text(source.role.rawValue), .integer(source.cancelledCount),
          .integer(source.nearDuplicateCount), .integer(source.refusedKeywordCount), share.map { .estimate($0) } ?? .missing,
          .flag(isSuspect), .flag(isStopped),
          remarks.isEmpty ? .missing : .text(remarks.joined(separator: ", ")),
          .integer(source.resentCount),
        ])
    }
    return table
  }

  private static func outages(_ rows: [OutageRow]) -> Table {
    var table = Table(
      columns: [
        Column("source", isFlexible: true), Column("startedAt", title: "since"), Column("endedAt", title: "until"),
        Column("alertedAt", title: "alerted", dropOrder: 1),
        Column("expectedCount", title: "expected meanwhile", alignment: .trailing),
      ])
    for row in rows {
      table.append([
        name(row.source.utf8), .time(row.outage.startedAt), SummaryColumns.cell(row.outage.endedAt),
        .time(row.outage.alertedAt), .estimate(row.outage.expectedCount),
      ])
    }
    return table
  }

  private static func refused(_ ledger: RefusalLedger) -> Table {
    var table = Table(
      columns: [
        Column("code"), Column("count", alignment: .trailing), Column("firstAt", title: "first", dropOrder: 1),
        Column("lastAt", title: "last"), Column("example", isFlexible: true),
      ])
    for entry in ledger.entries.values.sorted(by: { $0.code < $1.code }) {
      table.append([
        .text(entry.code), .integer(entry.count), .time(entry.firstAt), .time(entry.lastAt), .text(entry.example),
      ])
    }
    return table
  }

  private static func producers(_ ledgers: [ProducerLedger]) -> Table {
    var table = Table(
      columns: [
        Column("producer", isFlexible: true), Column("epoch", dropOrder: 3),
        Column("throughSequence", title: "through", alignment: .trailing),
      ] + counts + [
        Column("lastSeenAt", title: "last seen"), Column("announcedSequence", alignment: .trailing, isHiddenInTable: true),
        Column("outstanding", alignment: .trailing), Column("missing", alignment: .trailing),
        Column("rerequests", title: "asked again", alignment: .trailing, dropOrder: 1),
        Column("resent", alignment: .trailing, dropOrder: 2),
      ])
    for producer in ledgers {
      let name: Cell = .text(String(decoding: producer.name, as: UTF8.self))
      table.append(
        [name, .text(producer.epoch.description), .integer(producer.throughSequence)] + cells(producer.ledger)
          + [.time(producer.lastSeenAt)]
          + [
            producer.announcedSequence, producer.outstandingCount, producer.missingCount, producer.rerequestCount,
            producer.resentCount,
          ].map { .integer($0) })
    }
    return table
  }
}
