import Archive
import Arguments
import Engine
import Platform
import Render
import Reports

/// `tocsin silence`: what is known and not to be listed, for a while.
enum SilenceCommand {
  private static let flags =
    SilenceAreaFlags.all + [
      Flag("keyword", "WORDS", "About keywords that contain these words, in whatever form: outage hides outages"),
      Flag("from", "TIME", "From this time of the reports on (2015-02-10, \"2h ago\"); default the newest report"),
      Flag("for", "SPAN", "For so long, such as 90min, 24h, 3d or 2w"),
      Flag("until", "TIME", "Until this time, instead of --for"),
      Flag("idle", "SPAN", "End it where nothing of it was reported for so long; default 24h"),
    ]

  static let preview = Command(
    "silence preview", "What a silence would hide of what is listed now; nothing is written",
    flags: flags + [CommonFlags.format, CommonFlags.store],
    examples: [
      .init("tocsin silence preview --keyword \"street light\" --near 42.35,-71.06 --within 2km --for 3d", "before it is added")
    ])

  static let add = Command(
    "silence add", "Hide incidents of a place, a keyword and a time from lists and alerts",
    flags: flags + [ActFlags.reason, ActFlags.analyst, CommonFlags.store],
    examples: [
      .init(
        "tocsin silence add --keyword \"street light\" --near 42.35,-71.06 --for 3d --reason \"planned works\"",
        "it ends by itself once nothing of it was reported for a day"),
      .init(
        "tocsin silence add --polygon \"42.3,-71.1 42.3,-71.0 42.4,-71.0\" --until 2015-02-12 --idle 6h --reason parade",
        "everything in a triangle, until then"),
      .init("tocsin list --silenced", "what is hidden, too"),
    ])

  static let list = Command(
    "silence list", "The silences: what each hides, since when, until when, and who says so",
    flags: [Flag("all", nil, "Also those that have ended"), CommonFlags.limit, CommonFlags.format, CommonFlags.store],
    examples: [.init("tocsin silence list", "those that hold"), .init("tocsin silence list --all", "and those that have ended")])

  static let end = Command(
    "silence end", "End a silence before its time", operands: ["NUMBER"],
    flags: [
      Flag("undo", nil, "As if it had never been: what it has hidden shows again, too"),
      Flag("reason", "TEXT", "Why; it stands in the audit"), ActFlags.analyst, CommonFlags.store,
    ],
    examples: [
      .init("tocsin silence end 3", "what is reported from now on shows again; a number from `tocsin silence list`"),
      .init("tocsin silence end 3 --undo --reason \"wrong polygon\"", "and what it has hidden so far"),
    ])

  // MARK: What the flags say

  private static func silence(
    _ arguments: ParsedArguments, reason: String, _ reader: borrowing ArchiveReader
  ) throws -> Silence {
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let area = try SilenceAreaFlags.area(arguments)
    let words = try arguments.value("keyword", expected: "a word or more", CommonFlags.words) ?? []
    if let word = words.first(where: { $0.hasSuffix("*") }) {
      throw ArgumentError(
        "--keyword: a silence is of whole words, in whatever form; write \"\(word.prefix { $0 != "*" })\" in full")
    }
    try complainOfTypos(words, reader)
    guard area != nil || !words.isEmpty else {
      throw ArgumentError(
        "\(arguments.command.name): say what: --keyword, or a place with --near, --polygon, --geojson or --bbox")
    }
    let from = try arguments.moment("from", now: now)
    let start = try from ?? reader.reportTime()
    let length = try arguments.value("for", expected: Span.expected, Span.microseconds)
    let until = try arguments.moment("until", now: now)
    let end: Timestamp
    switch (length, until) {
    case (nil, nil): throw ArgumentError("\(arguments.command.name): say how long: --for 3d, or --until TIME")
    case (_?, _?): throw ArgumentError("--until: says how long, and so does --for; give one of them")
    case (let length?, nil): end = Timestamp(microseconds: start.microseconds + length)
    case (nil, let until?): end = until
    }
    guard start < end else {
      let why = from == nil ? "its start, \(start), the newest report; say --from, too" : "--from \(start)"
      throw ArgumentError("--until: \(end) does not lie after \(why)")
    }
    guard end.microseconds - start.microseconds <= ActLimits.silenceMicroseconds else {
      throw ArgumentError("--until: \(end) is more than 366 days after \(start); make it shorter")
    }
    let idle = try arguments.value("idle", expected: Span.expected, Span.microseconds) ?? 86_400_000_000
    var silence = Silence(startsAt: start, endsAt: end, idleMicroseconds: idle, reason: reason)
    silence.area = area
    silence.keywordWords = words
    return silence
  }

  /// A silence may be of what nobody has reported yet; where something near is known, it may be a slip.
  private static func complainOfTypos(_ words: [String], _ reader: borrowing ArchiveReader) throws {
    var filter = ClusterFilter()
    filter.keywordWords = words
    do { try KeywordStems.admit(to: &filter, reader, isQuiet: true) } catch let error as ArgumentError {
      Output.complain("\(error); the silence is of what is written")
    }
  }

  /// Says what a silence does now and will.
  private static func say(_ row: SilenceRow, _ name: String, _ reader: borrowing ArchiveReader, _ filter: ActFilter) throws {
    let silence = row.silence
    Output.complain("\(name): \(silence)")
    Output.complain("it hides \(Words.quantity(Double(row.hiddenCount), "incident")) of those that are listed now")
    if row.isLapsed {
      Output.complain("it has ended by itself at \(row.endsAt): nothing of it was reported for as long as --idle says")
    }
    if row.hiddenCount == 0, let latest = try reader.latestBefore(silence, filter) {
      Output.complain("what it is of was last reported at \(latest), before it begins; `--from \(latest)` hides that, too")
    }
  }

  // MARK: Commands

  static func preview(_ arguments: ParsedArguments) throws -> ExitCode {
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let filter = try ActFlags.filter(reader)
    let preview = try reader.preview(try silence(arguments, reason: "", reader), filter)
    try say(preview.row, "this silence", reader, filter)
    return try ClusterTable.print(IncidentTable.make(preview.hidden), CommonFlags.outputFormat(arguments))
  }

  static func add(_ arguments: ParsedArguments) throws -> ExitCode {
    let reason = try ActFlags.reason(arguments)
    let session = try ActSession(arguments)
    let silence = try silence(arguments, reason: reason, session.reader)
    let row = try session.reader.preview(silence, session.filter).row
    switch try session.writer().begin(silence) {
    case .done(let act, let number):
      try say(row, "silence \(number) (act \(act))", session.reader, session.filter)
      return .success
    case .full, .ended, .missing:
      Output.complain("\(ActLimits.silenceCount) silences hold, and more are not taken; `tocsin silence end` some of them")
      return .failure
    }
  }

  static func end(_ arguments: ParsedArguments) throws -> ExitCode {
    guard let number = UInt64(arguments.operands[0]) else {
      throw ArgumentError("silence end: expected a number from `tocsin silence list`, found \"\(arguments.operands[0])\"")
    }
    let reason = try ActFlags.note(arguments, "reason")
    let session = try ActSession(arguments)
    switch try session.writer().endSilence(number, isUndone: arguments.has("undo"), note: reason) {
    case .done(let act, _):
      Output.complain(
        arguments.has("undo")
          ? "silence \(number) is undone: all that it hid shows again (act \(act))"
          : "silence \(number) has ended: what goes on shows again; --undo shows what it has hidden, too (act \(act))")
      return .success
    case .ended(let at, let by):
      Output.complain("silence \(number) ended at \(at) already\(by.map { ", by \($0)" } ?? "")")
    case .missing, .full: Output.complain("there is no silence \(number); `tocsin silence list --all` shows them")
    }
    return .nothingFound
  }

  static func list(_ arguments: ParsedArguments) throws -> ExitCode {
    let limit = try arguments.integer("limit", in: 1...10_000_000)
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    let now = try reader.reportTime()
    let rows = try reader.silences(try ActFlags.filter(reader)).reversed()
    let ended = rows.count { $0.endsAt <= now }
    let chosen = rows.filter { arguments.has("all") || now < $0.endsAt }
    if chosen.isEmpty, ended > 0 { Output.complain("no silence holds; --all shows \(ended) that have ended") }
    return try ClusterTable.print(table(chosen.prefix(limit ?? .max), now), CommonFlags.outputFormat(arguments))
  }

  private static func table(_ rows: some Sequence<SilenceRow>, _ now: Timestamp) -> Table {
    var table = Table(
      columns: [
        Column("number", title: "silence", alignment: .trailing), Column("state"), Column("keyword", isFlexible: true),
        Column("area", isFlexible: true), Column("startsAt", title: "from", dropOrder: 2), Column("endsAt", title: "until"),
        Column("idleHours", isHiddenInTable: true), Column("hiddenCount", title: "hides", alignment: .trailing),
        Column("reason", isFlexible: true), Column("begunBy", title: "by", dropOrder: 1),
        Column("begunAt", isHiddenInTable: true),
        Column("endedBy", isHiddenInTable: true),
      ])
    for row in rows {
      let silence = row.silence
      let state = row.endsAt <= now ? (row.isLapsed ? "lapsed" : "ended") : now < silence.startsAt ? "to come" : "holds"
      table.append([
        .integer(silence.number), .text(state),
        silence.keywordWords.isEmpty ? .missing : .text(silence.keywordWords.joined(separator: " ")),
        silence.area.map { .text("\($0)") } ?? .missing, .time(silence.startsAt), .time(row.endsAt),
        .number(Double(silence.idleMicroseconds) / 3.6e9), .integer(UInt64(row.hiddenCount)), .text(silence.reason),
        .text(silence.begunBy), .time(silence.begunAt), ActColumns.text(silence.endedBy),
      ])
    }
    return table
  }
}
