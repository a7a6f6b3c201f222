import Archive
import Arguments
import Engine
import Render
import Reports

/// `tocsin sources`: the loss ledger, source by source.
enum SourcesCommand {
  static let description = Command(
    "sources", "What came from each source, and what became of it",
    flags: [
      Flag("producers", nil, "By producer and epoch instead, with the sequence that each has reached"), CommonFlags.format,
      CommonFlags.store,
    ],
    examples: [
      .init("tocsin sources", "received = accepted + duplicate + late + rejected, for every source"),
      .init("tocsin sources --producers", "the same by who sent it"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let table = arguments.has("producers") ? producers(try reader.producers()) : sources(try reader.sources())
    return try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
  }

  private static let counts = ["received", "accepted", "duplicate", "late", "rejected"].map { Column($0, alignment: .trailing) }

  private static func cells(_ ledger: Ledger) -> [Cell] {
    [ledger.received, ledger.accepted, ledger.duplicate, ledger.late, ledger.rejected].map { .integer($0) }
  }

  /// Events whose source could not be read stand under a source that is null.
  private static func sources(_ ledgers: [SourceLedger]) -> Table {
    var table = Table(
      columns: [Column("source", isFlexible: true)] + counts + [Column("lastSeenAt", title: "last seen")])
    for source in ledgers {
      let name: Cell = source.name.isEmpty ? .missing : .text(String(decoding: source.name, as: UTF8.self))
      table.append([name] + cells(source.ledger) + [source.lastSeenAt.map { .time($0) } ?? .missing])
    }
    return table
  }

  private static func producers(_ ledgers: [ProducerLedger]) -> Table {
    var table = Table(
      columns: [
        Column("producer", isFlexible: true), Column("epoch"), Column("throughSequence", title: "through", alignment: .trailing),
      ] + counts + [Column("lastSeenAt", title: "last seen")])
    for producer in ledgers {
      let name: Cell = .text(String(decoding: producer.name, as: UTF8.self))
      table.append(
        [name, .text(producer.epoch.description), .integer(producer.throughSequence)] + cells(producer.ledger)
          + [.time(producer.lastSeenAt)])
    }
    return table
  }
}
