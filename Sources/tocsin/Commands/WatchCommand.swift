import Archive
import Arguments
import Engine
import Glibc
import JSON
import Platform
import Render
import Reports

/// `tocsin watch`: what happens, as it happens, from the store; a daemon may come and go meanwhile.
enum WatchCommand {
  static let description = Command(
    "watch", "What becomes unusual, grows, alerts and ends, as it happens",
    flags: CommonFlags.filters + [
      CommonFlags.kind(to: "watch"),
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      Flag("every", "PERIOD", "How often to look; default 1s"), Flag("for", "PERIOD", "End after so long; default never"),
      Flag("format", "FORMAT", "A line for people, or an object; default text", choices: ["text", "ndjson"]), CommonFlags.store,
    ],
    examples: [
      .init("tocsin watch", "every change of an incident from now on; ^C ends it"),
      .init("tocsin watch --alerts --near 42.346,-71.098 --within 5km", "alerts around a place"),
      .init("tocsin watch --since \"8h ago\" --format ndjson", "first what there is since then, then what comes, for a program"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    filter.limit = Watch.rowCount
    let kind = CommonFlags.kind(arguments)
    let every = try arguments.period("every") ?? 1
    guard (1...86_400).contains(every) else { throw ArgumentError("--every: expected from 1s to 1d") }
    let end = try arguments.period("for").map { Clock.monotonicNanoseconds() + UInt64($0) * 1_000_000_000 }
    let directory = try CommonFlags.storeDirectory(arguments)
    let isJSON = arguments.string("format") == "ndjson"
    var watch = Watch()
    var count = 0
    var isWaiting = false
    var isFirst = true
    while true {
      do {
        // Opened each time: the file may be another one since, and nobody holds the log back.
        let reader = try ArchiveReader(folder: directory)
        var now = filter
        try KeywordStems.admit(to: &now, reader, isQuiet: !isFirst)
        let table = try ListCommand.table(
          kind, now, try ActFlags.filter(arguments, kind, reader), reader, isQuiet: !isFirst)
        if isWaiting { Output.complain("the store is there again") }
        isWaiting = false
        let changes = watch.changes(in: table, tellsFirst: filter.since != nil, isWhole: table.rows.count < Watch.rowCount)
        if isFirst {
          Output.complain("watching \(Words.quantity(Double(table.rows.count), kind.rawValue)) of \(directory); ^C ends it")
        }
        isFirst = false
        for (change, row) in changes.rows { try tell(change, row, table.columns, isJSON) }
        for id in changes.gone { try tell(gone: id, kind, reader, isJSON) }
        count += changes.rows.count + changes.gone.count
      } catch  where !isFirst && (error is ArchiveError || error is ArgumentError) {
        // A restart, a rebuild, a backup that is put in place: it comes again.
        if !isWaiting { Output.complain("\(error); waiting") }
        isWaiting = true
      }
      if let end, Clock.monotonicNanoseconds() >= end { return count > 0 ? .success : .nothingFound }
      usleep(UInt32(min(every, 4_000)) * 1_000_000)
    }
  }

  private static func tell(_ change: Watch.Change, _ row: [Cell], _ columns: [Column], _ isJSON: Bool) throws {
    if isJSON {
      var table = Table(columns: [Column("change")] + columns)
      table.append([.text(change.rawValue)] + row)
      return try Output.write(Renderer(format: .ndjson).render(table))
    }
    func cell(_ name: String) -> Cell { columns.firstIndex { $0.name == name }.map { row[$0] } ?? .missing }
    guard case .text(let id) = cell("id"), case .words(let words) = cell("keywords"), case .time(let time) = cell("lastReportAt"),
      case .integer(let reports) = cell("reportCount")
    else { return }
    var text = "\(id)  \(words.joined(separator: ", ")): \(Words.quantity(Double(reports), "report"))"
    if case .integer(let observed) = cell("observed"), case .estimate(let expected) = cell("expected") {
      text += ", \(observed) seen where \(Words.estimate(expected)) are usual"
    }
    if case .interval(let days) = cell("recurrenceIntervalDays"), days.isFinite {
      text += ", once in \(Words.interval(days: days))"
    }
    try line("\(time)", change, text)
  }

  /// What is no longer in the list: it may hang in another one now.
  private static func tell(gone id: String, _ kind: SummaryKind, _ reader: borrowing ArchiveReader, _ isJSON: Bool) throws {
    var change = Watch.Change.gone
    var into: String?
    if case .merged(_, let survivor) = try reader.find(id, among: [kind]) { (change, into) = (.merged, survivor.id.description) }
    if isJSON {
      var table = Table(columns: [Column("change"), Column("id"), Column("into")])
      table.append([.text(change.rawValue), .text(id), into.map { .text($0) } ?? .missing])
      return try Output.write(Renderer(format: .ndjson).render(table))
    }
    try line(
      "\(Timestamp(microseconds: Clock.wallMicroseconds() / 1_000_000 * 1_000_000))", change,
      into.map { "\(id)  into \($0)" } ?? id)
  }

  private static func line(_ time: String, _ change: Watch.Change, _ text: String) throws {
    let name = change.rawValue + String(repeating: " ", count: 8 - change.rawValue.count)
    var line = "\(time)  \(name)  \(harmless(text))"
    if let width = Output.width { line = Renderer.cut(line, toWidth: width) }
    if Output.allowsColor, [.alerted, .new].contains(change) {
      line = "\u{1b}[\(change == .alerted ? "1;31" : "1")m\(line)\u{1b}[0m"
    }
    try Output.write(line + "\n")
  }
}
