import Arguments
import Configuration
import Platform
import Render
import Reports
import Service

/// `tocsin journal`: what the log of all reports holds, whether it is whole, and how to get out of it what is.
enum JournalCommand {
  static let check = Command(
    "journal check", "Verify every segment and record of a store's journal, also while a daemon writes it",
    flags: [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin journal check", "exit code 0 when all is whole, 2 when something is damaged or missing, which is named")
    ])

  static let stat = Command(
    "journal stat", "What a store's journal holds: segments, bytes, events, times, rates",
    flags: [
      Flag("by", "WHAT", "A row for each segment or producer; default segment", choices: ["segment", "producer"]),
      CommonFlags.format, CommonFlags.store,
    ],
    examples: [.init("tocsin journal stat --by producer", "who has sent how much, and when")])

  static let export = Command(
    "journal export", "Write what is whole of a store's journal elsewhere: as events, or as a new store",
    flags: [
      Flag(
        "format", "FORMAT", "ndjson: one CloudEvent a line, for `tocsin replay`; binary: segments in a new store; default ndjson",
        choices: ["ndjson", "binary"]),
      Flag("output", "PATH", "The new file, or with binary the new store's folder; without it standard output"),
      CommonFlags.config, CommonFlags.store,
    ],
    examples: [
      .init("tocsin journal export | gzip > reports.ndjson.gz", "every well-formed event; reporters are pseudonyms"),
      .init(
        "tocsin journal export --format binary --output ./saved", "around what is damaged: a store that `serve` can start with"),
    ])

  static func check(_ arguments: ParsedArguments) throws -> ExitCode {
    let survey = try survey(arguments)
    var table = Table(
      columns: [
        Column("segment"), Column("state"), Column("startPosition", title: "from", alignment: .trailing),
        Column("endPosition", title: "to", alignment: .trailing), Column("byteCount", title: "bytes", alignment: .trailing),
        Column("batchCount", title: "batches", alignment: .trailing), Column("eventCount", title: "events", alignment: .trailing),
      ])
    for segment in survey.segments {
      table.append([
        .text(segment.name), .text(segment.state.rawValue), .integer(segment.positions.lowerBound),
        .integer(segment.positions.upperBound), .integer(segment.byteCount), .integer(segment.tally.batchCount),
        .integer(segment.tally.eventCount),
      ])
    }
    _ = try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
    complain(survey)
    return survey.damages.isEmpty ? (survey.segments.isEmpty ? .nothingFound : .success) : .failure
  }

  private static func survey(_ arguments: ParsedArguments) throws -> JournalSurvey {
    let progress = ProgressLine(arguments.command.name)
    return try JournalSurvey(directory: try CommonFlags.storeDirectory(arguments)) { progress.show($0, $1) }
  }

  private static func complain(_ survey: JournalSurvey) {
    if let tail = survey.tornTail { Output.complain("\(tail); they were never acknowledged, and the next start cuts them off") }
    for damage in survey.damages { Output.complain(damage) }
    guard !survey.damages.isEmpty else { return }
    Output.complain(
      "`tocsin journal export` writes what is whole elsewhere; `tocsin doctor --repair` goes on from before the damage")
  }

  static func stat(_ arguments: ParsedArguments) throws -> ExitCode {
    let survey = try survey(arguments)
    let isByProducer = arguments.string("by") == "producer"
    var table = Table(
      columns: (isByProducer
        ? [Column("producer", isFlexible: true), Column("epochCount", title: "epochs", alignment: .trailing)]
        : [
          Column("segment"), Column("state", isHiddenInTable: true), Column("byteCount", title: "bytes", alignment: .trailing),
        ]) + tallyColumns)
    if isByProducer {
      for producer in survey.producers {
        table.append(
          [.text(String(decoding: producer.name, as: UTF8.self)), .integer(UInt64(producer.epochs.count))] + cells(producer.tally)
        )
      }
    } else {
      for segment in survey.segments {
        table.append([.text(segment.name), .text(segment.state.rawValue), .integer(segment.byteCount)] + cells(segment.tally))
      }
    }
    let code = try ClusterTable.print(table, CommonFlags.outputFormat(arguments))
    complain(survey)
    let bytes = survey.segments.reduce(0) { $0 + $1.byteCount }
    let total = survey.total
    let each = total.eventCount > 0 ? ", \(bytes / total.eventCount) bytes an event" : ""
    Output.complain(
      "\(total.eventCount) events in \(total.batchCount) batches, \(bytes) bytes in \(survey.segments.count) segments\(each)")
    return survey.damages.isEmpty ? code : .failure
  }

  private static let tallyColumns = [
    Column("batchCount", title: "batches", alignment: .trailing, dropOrder: 1),
    Column("eventCount", title: "events", alignment: .trailing),
    Column("refusedCount", title: "refused", alignment: .trailing, dropOrder: 3),
    Column("firstReceivedAt", title: "received from", dropOrder: 4), Column("lastReceivedAt", title: "to", dropOrder: 5),
    Column("firstEventAt", title: "events from"), Column("lastEventAt", title: "to"),
    Column("eventsPerSecond", title: "a second", alignment: .trailing, dropOrder: 2),
  ]

  private static func cells(_ tally: JournalSurvey.Tally) -> [Cell] {
    [
      .integer(tally.batchCount), .integer(tally.eventCount), .integer(tally.refusedCount),
      SummaryColumns.cell(tally.received?.lowerBound), SummaryColumns.cell(tally.received?.upperBound),
      SummaryColumns.cell(tally.happened?.lowerBound), SummaryColumns.cell(tally.happened?.upperBound),
      tally.eventsPerSecond.map { .estimate($0) } ?? .missing,
    ]
  }

  static func export(_ arguments: ParsedArguments) throws -> ExitCode {
    let directory = try CommonFlags.storeDirectory(arguments)
    let output = arguments.string("output")
    let summary: JournalExport.Summary
    if arguments.string("format") == "binary" {
      guard let output else {
        throw ArgumentError("journal export: --format binary makes a store; name its folder with --output")
      }
      let configuration = try CommonFlags.configuration(arguments)
      summary = try JournalExport.writeStore(
        directory: directory, to: output, segmentMebibytes: configuration.journal.segmentMebibytes)
    } else if let output {
      let file = try File(output, .createExclusively)
      let progress = ProgressLine("journal export")
      summary = try JournalExport.writeEvents(directory: directory, onProgress: { progress.show($0, $1) }) {
        try file.write($0.span)
      }
      try file.synchronize()
    } else {
      summary = try JournalExport.writeEvents(directory: directory) { try Output.write($0) }
    }
    for damage in summary.damages { Output.complain("left out: \(damage)") }
    let refused =
      summary.leftOutCount == 0 ? "" : "; \(summary.leftOutCount) refused events are no events (`tocsin quarantine list`)"
    Output.complain("wrote \(summary.eventCount) events of \(summary.batchCount) batches\(refused)")
    return summary.batchCount == 0 ? .nothingFound : .success
  }
}
