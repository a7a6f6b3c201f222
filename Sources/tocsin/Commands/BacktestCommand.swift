import Arguments
import Configuration
import Engine
import Platform
import Render
import Reports
import Service

/// `tocsin backtest`: what other settings would have alerted, with no store written.
enum BacktestCommand {
  static let description = Command(
    "backtest", "The alerts that other settings would have raised on past reports, beside today's; writes nothing",
    operands: ["[FILE|-]"],
    flags: [
      Flag("journal", "DIR", "Read the journal of the store in this folder instead of a file; a daemon may be writing it"),
      Flag("config", "NEW.toml", "The settings to try; without it the defaults"), CommonFlags.profile,
      Flag("today", "OLD.toml", "The settings to hold them against; without it the defaults"), CommonFlags.format,
    ],
    examples: [
      .init("tocsin backtest reports.ndjson --config new.toml", "what new.toml would gain and lose against the defaults"),
      .init("tocsin backtest --journal ./store --config new.toml --today tocsin.toml", "the same over what a store has seen"),
      .init("zcat reports.ndjson.gz | tocsin backtest - --profile block --format ndjson", "one preset against the default one"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let folder = arguments.string("journal")
    let path = arguments.operands.first
    if folder != nil, path != nil {
      throw ArgumentError("--journal: says what to read, and so does \"\(path ?? "")\"; give one of them")
    }
    let today = try arguments.string("today").map { try Configuration.load(path: $0) } ?? .default
    let backtest = Backtest(new: try CommonFlags.configuration(arguments), today: today)
    let result: Backtest.Result
    let progress = ProgressLine("backtest")
    if let folder {
      if !backtest.readsAlike {
        Output.complain("language, reporterRotationDays and maximumSkewAheadMinutes act on what comes in, not on a journal")
      }
      result = try backtest.run(storeDirectory: folder) { progress.show($0, $1) }
    } else if let path {
      var input = try LineReader(path: path, limit: Limits.eventByteCount)
      let byteCount = input.byteCount
      result = try backtest.run(&input) { done, count in
        progress.show(byteCount.map { Double(done) / Double(max(1, $0)) }, count)
      }
    } else {
      throw ArgumentError("backtest: FILE|- is missing, or --journal DIR; try `tocsin backtest --help`")
    }
    progress.clear()
    let code = try ClusterTable.print(BacktestTable.make(result.alerts), CommonFlags.outputFormat(arguments))
    complain(result)
    return code
  }

  private static func complain(_ result: Backtest.Result) {
    let ledger = result.ledger
    Output.complain(
      "read \(ledger.received) events over \(Words.significant(result.days, digits: 3)) days: accepted \(ledger.accepted), "
        + "duplicate \(ledger.duplicate), late \(ledger.late), rejected \(ledger.rejected)")
    func count(_ presence: BacktestAlert.Presence) -> Int { result.alerts.count { $0.presence == presence } }
    func rate(_ count: Int) -> String { "\(count) alerts (\(Words.estimate(Double(count) / result.days)) a day)" }
    Output.complain(
      "today \(rate(result.todayAlertCount)), new \(rate(result.newAlertCount)): \(count(.both)) in both, "
        + "\(count(.new)) gained, \(count(.today)) lost")
    if result.isLearning { Output.complain("the new settings are still learning what is usual at the end of these reports") }
  }
}
