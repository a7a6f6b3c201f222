import Archive
import Arguments
import Platform
import Render
import Reports

/// `tocsin quarantine`: the events that were refused, and what can be done with them.
enum QuarantineCommand {
  private static let filters = [
    Flag("source", "NAME", "Only events of this source"),
    Flag("code", "CODE", "Only those refused for this, such as conflict or time-ahead; docs/wire.md has them all"),
    Flag("since", "TIME", "Only what was received at or after this time (2015-02-10, \"2h ago\", yesterday)"),
    Flag("until", "TIME", "Only what was received before this time"),
  ]
  private static let state = Flag(
    "state", "STATE", "waiting: not sent again or in vain; retried: sent again and held now",
    choices: QuarantineFilter.State.allCases.map(\.rawValue))
  private static let all = Flag("all", nil, "All of them, where neither numbers nor filters choose")

  static let list = Command(
    "quarantine list", "The events that were refused, the newest first: why, whose, since when",
    flags: filters + [state, CommonFlags.limit, CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin quarantine list --since \"24h ago\"", "what has been refused since yesterday"),
      .init("tocsin quarantine list --code conflict --format ndjson", "one source and id with two contents, an object a line"),
    ])

  static let show = Command(
    "quarantine show", "One refused event with its JSON, without the reporter and what nobody reads", operands: ["NUMBER"],
    flags: [CommonFlags.format, CommonFlags.store],
    examples: [.init("tocsin quarantine show 17", "a number from `tocsin quarantine list`")])

  static let retry = Command(
    "quarantine retry", "Send refused events through the pipeline again, to the aggregator where one runs",
    operands: ["[NUMBERS]"],
    flags: filters + [
      all, Flag("endpoint", "tcp://…", "Where the aggregator listens; default where it has noted in the store's folder"),
      CommonFlags.key, CommonFlags.serverKey, CommonFlags.config, CommonFlags.profile, CommonFlags.store,
    ],
    examples: [
      .init("tocsin quarantine retry 17,20-25", "these"),
      .init("tocsin quarantine retry --code time-ahead", "those whose time has come since"),
    ])

  static let drop = Command(
    "quarantine drop", "Throw refused events away", operands: ["[NUMBERS]"], flags: filters + [state, all, CommonFlags.store],
    examples: [
      .init("tocsin quarantine drop 17", "one of them"),
      .init("tocsin quarantine drop --state retried", "what is held now"),
    ])

  // MARK: Choosing

  private static func filter(_ arguments: ParsedArguments) throws -> QuarantineFilter {
    var filter = QuarantineFilter()
    filter.source = arguments.string("source")
    filter.code = try arguments.value("code", expected: "a code of a rejection", code)
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    filter.since = try arguments.moment("since", now: now)
    filter.until = try arguments.moment("until", now: now)
    filter.state = arguments.string("state").flatMap(QuarantineFilter.State.init(rawValue:))
    filter.limit = try arguments.integer("limit", in: 1...10_000_000)
    return filter
  }

  private static func code(_ text: String) -> String? { Rejection.allCases.contains { $0.code == text } ? text : nil }

  /// What is to be acted upon: never everything unless that is said.
  private static func choice(_ arguments: ParsedArguments) throws -> QuarantineFilter {
    var filter = try filter(arguments)
    if let text = arguments.operands.first {
      guard let numbers = numbers(text) else {
        throw ArgumentError("\(arguments.command.name): expected numbers such as 3 or 3,7-9, found \"\(text)\"")
      }
      filter.numbers = numbers
    } else if filter == QuarantineFilter(), !arguments.has("all") {
      throw ArgumentError("\(arguments.command.name): say which: numbers, filters, or --all")
    }
    return filter
  }

  /// `3,7-9` as ranges; nil for anything else.
  static func numbers(_ text: String) -> [ClosedRange<UInt64>]? {
    var ranges: [ClosedRange<UInt64>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { UInt64($0) }
      guard let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
      ranges.append(first...last)
    }
    return ranges
  }

  // MARK: Looking

  static func list(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let rows = try reader.quarantine(try filter(arguments))
    let counts = try reader.refusedCounts()
    if counts.evicted > 0 {
      Output.complain("of \(counts.refused) refused events the first \(counts.evicted) are no longer kept; see [quarantine]")
    }
    return try ClusterTable.print(table(rows), CommonFlags.outputFormat(arguments))
  }

  static func show(_ arguments: ParsedArguments) throws -> ExitCode {
    guard let number = UInt64(arguments.operands[0]) else {
      throw ArgumentError("quarantine show: expected a number, found \"\(arguments.operands[0])\"")
    }
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    var filter = QuarantineFilter()
    filter.numbers = [number...number]
    guard let row = try reader.quarantine(filter).first else {
      Output.complain("no refused event \(number) is kept")
      return .nothingFound
    }
    let format = CommonFlags.outputFormat(arguments)
    guard format == .table else { return try ClusterTable.print(table([row]), format) }
    try Output.show(text(row))
    return .success
  }

  private static func table(_ rows: [QuarantineRow]) -> Table {
    var table = Table(
      columns: [
        Column("number", alignment: .trailing), Column("receivedAt", title: "received"), Column("code"),
        Column("member", dropOrder: 3), Column("message", isHiddenInTable: true), Column("source", isFlexible: true),
        Column("eventID", title: "id", isFlexible: true), Column("eventTime", title: "time", dropOrder: 4),
        Column("producer", isFlexible: true, dropOrder: 2), Column("epoch", isHiddenInTable: true),
        Column("sequence", alignment: .trailing, dropOrder: 1), Column("isWhole", isHiddenInTable: true),
        Column("raw", isHiddenInTable: true), Column("retryCount", title: "retries", alignment: .trailing, dropOrder: 5),
        Column("retriedAt", isHiddenInTable: true), Column("retryVerdict", title: "retried"),
        Column("retryCode", isHiddenInTable: true),
      ], idColumn: "number")
    for row in rows {
      table.append([
        .integer(row.number), .time(row.receivedAt), .text(row.code), row.member.isEmpty ? .missing : .text(row.member),
        .text(row.message), text(row.source), text(row.eventID), SummaryColumns.cell(row.eventTime), .text(row.producer),
        .text(row.epoch), .integer(row.sequence), .flag(row.isWhole), .text(row.raw), .integer(row.retryCount),
        SummaryColumns.cell(row.retriedAt), text(row.retryVerdict), text(row.retryCode),
      ])
    }
    return table
  }

  private static func text(_ text: String?) -> Cell { text.map { .text($0) } ?? .missing }

  private static func text(_ row: QuarantineRow) -> String {
    var lines = ["\(row.number)  \(row.code)\(row.member.isEmpty ? "" : " (\(row.member))")", row.message, ""]
    lines.append("received  \(row.receivedAt) from \(row.producer), epoch \(row.epoch), sequence \(row.sequence)")
    lines.append("event     \(row.eventID ?? "its id could not be read") of \(row.source ?? "a source that could not be read")")
    if let time = row.eventTime { lines.append("time      \(time)") }
    if let at = row.retriedAt, let verdict = row.retryVerdict {
      let code = row.retryCode.map { " (\($0))" } ?? ""
      lines.append("retried   \(row.retryCount) times, last \(at): \(verdict)\(code)")
    }
    lines += ["", row.raw.isEmpty ? "nothing of it could be kept" : row.raw]
    if !row.isWhole { lines.append("(it is cut here, where it breaks)") }
    return lines.map { harmless($0) }.joined(separator: "\n") + "\n"
  }

  // MARK: Acting

  static func drop(_ arguments: ParsedArguments) throws -> ExitCode {
    let filter = try choice(arguments)
    let directory = try CommonFlags.storeDirectory(arguments)
    let numbers = try ArchiveReader(folder: directory).quarantine(filter).map(\.number)
    let count = numbers.isEmpty ? 0 : try QuarantineEditor(folder: directory).drop(numbers)
    Output.complain("dropped \(count)")
    return count == 0 ? .nothingFound : .success
  }

  static func retry(_ arguments: ParsedArguments) throws -> ExitCode {
    let filter = try choice(arguments)
    let directory = try CommonFlags.storeDirectory(arguments)
    // The oldest first, as they came.
    let rows = try ArchiveReader(folder: directory).quarantine(filter).reversed().filter { !$0.isSettled }
    let retriable = rows.filter(\.canBeRetried)
    if retriable.count < rows.count {
      Output.complain(
        "\(rows.count - retriable.count) cannot be sent again: they are not whole, or their source or id could not be read")
    }
    guard !retriable.isEmpty else {
      Output.complain("nothing to send again")
      return .nothingFound
    }
    let outcome = try QuarantineRetry.run(retriable, directory: directory, arguments)
    for refusal in outcome.refusals { Output.complain("\(refusal.number): \(refusal.says)") }
    Output.complain(
      "sent again \(retriable.count): accepted \(outcome.accepted), duplicate \(outcome.duplicate), late \(outcome.late), "
        + "rejected \(outcome.rejected)")
    return outcome.accepted + outcome.duplicate > 0 ? .success : .nothingFound
  }
}
