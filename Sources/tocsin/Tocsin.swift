import Arguments
import Glibc
import Platform
import Service

/// The program: finds the command, runs it, and turns its end into an exit code: 0 found or done, 1 nothing found, 2 error.
@main
enum Tocsin {
  static let version = "0.1.0"

  static let table = CommandTable(
    program: "tocsin", summary: "what is unusual here? Report events in, incidents out.",
    commands: [
      ServeCommand.description, KeygenCommand.description, SendCommand.description, ReplayCommand.description,
      ListCommand.description,
      ShowCommand.description, ExplainCommand.description, HistoryCommand.description, DiffCommand.description,
      TopCommand.description, NearCommand.description, SearchCommand.description, TrendCommand.description,
      MapCommand.description,
      WatchCommand.description, TraceCommand.description, EraseCommand.description, HandlingCommands.acknowledge,
      HandlingCommands.assign,
      HandlingCommands.annotate, MergeCommands.merge, MergeCommands.unmerge, SilenceCommand.preview, SilenceCommand.add,
      SilenceCommand.list, SilenceCommand.end, ActsCommand.description, SourcesCommand.description,
      ExportCommand.description,
      QuarantineCommand.list, QuarantineCommand.show, QuarantineCommand.retry, QuarantineCommand.drop,
      HealthCommand.description, BacktestCommand.description, ConfigCheckCommand.description,
      JournalCommand.check, JournalCommand.stat, JournalCommand.export, DatabaseCommand.check, DatabaseCommand.migrate,
      DatabaseCommand.backup, DatabaseCommand.salvage, DatabaseCommand.vacuum, DatabaseCommand.stat, DoctorCommand.description,
      HelpCommand.description, CompletionCommand.description, CompleteCommand.description,
      VersionCommand.description,
    ],
    common: [
      Flag(
        "color", "WHEN", "Colours: auto is on a terminal, unless NO_COLOR or CLICOLOR=0 is set; default auto",
        choices: Output.Settings.Color.allCases.map(\.rawValue)),
      Flag("no-pager", nil, "Print at once what is longer than the terminal"),
    ],
    examples: [
      .init("tocsin list --since \"24h ago\"", "what has been unusual since yesterday"),
      .init("tocsin explain 51w0", "why it is listed, with every number"),
      .init("tocsin serve --store ./store", "receive reports"),
    ],
    exitCodes: [
      ("0", "found, or done"), ("1", "nothing found"), ("2", "an error, which standard error tells"),
      ("130", "ended by ^C"),
    ],
    environment: [
      ("XDG_DATA_HOME, HOME", "where the store is without --store: $XDG_DATA_HOME/tocsin, else ~/.local/share/tocsin"),
      ("NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM", "whether output is coloured; --color overrides them"),
      (
        "TOCSIN_PAGER, PAGER, LESS",
        "what shows output that is longer than the terminal: TOCSIN_PAGER, else PAGER, else less; an empty one for none. LESS is "
          + "FRX unless it is set"
      ),
    ])

  static func main() {
    do {
      // A reader that goes away is seen as EPIPE, and no error.
      try SignalSet.ignoreSIGPIPE()
      // So that a file that may not grow is an error that is told, like a full disk.
      try SignalSet.ignoreSIGXFSZ()
      // `serve` reads its signals itself, and before that ends by them.
      if CommandLine.arguments.dropFirst().first != "serve" { try Terminal.endOnInterrupt() }
      exit(try run(Array(CommandLine.arguments.dropFirst())).rawValue)
    } catch {
      Output.complain("\(error)")
      exit(ExitCode.failure.rawValue)
    }
  }

  private static func run(_ words: [String]) throws -> ExitCode {
    let isHelp = words.isEmpty || ["--help", "-h"].contains(words[0])
    if isHelp || ["--version", "-V"].contains(words[0]) {
      return try run([isHelp ? "help" : "version"])
    }
    let arguments = try table.parse(words)
    var settings = Output.Settings()
    settings.color = arguments.string("color").flatMap(Output.Settings.Color.init(rawValue:)) ?? .auto
    settings.mayPage = !arguments.has("no-pager")
    Output.configure(settings)
    if arguments.wantsHelp {
      try Output.show(table.help(for: arguments.command))
      return .success
    }
    switch arguments.command.name {
    case "serve": return try ServeCommand.run(arguments)
    case "keygen": return try KeygenCommand.run(arguments)
    case "send": return try SendCommand.run(arguments)
    case "replay": return try ReplayCommand.run(arguments)
    case "list": return try ListCommand.run(arguments)
    case "show": return try ShowCommand.run(arguments)
    case "explain": return try ExplainCommand.run(arguments)
    case "history": return try HistoryCommand.run(arguments)
    case "diff": return try DiffCommand.run(arguments)
    case "top": return try TopCommand.run(arguments)
    case "near": return try NearCommand.run(arguments)
    case "search": return try SearchCommand.run(arguments)
    case "trend": return try TrendCommand.run(arguments)
    case "map": return try MapCommand.run(arguments)
    case "watch": return try WatchCommand.run(arguments)
    case "erase": return try EraseCommand.run(arguments)
    case "trace": return try TraceCommand.run(arguments)
    case "acknowledge": return try HandlingCommands.acknowledge(arguments)
    case "assign": return try HandlingCommands.assign(arguments)
    case "annotate": return try HandlingCommands.annotate(arguments)
    case "merge": return try MergeCommands.merge(arguments)
    case "unmerge": return try MergeCommands.unmerge(arguments)
    case "silence preview": return try SilenceCommand.preview(arguments)
    case "silence add": return try SilenceCommand.add(arguments)
    case "silence list": return try SilenceCommand.list(arguments)
    case "silence end": return try SilenceCommand.end(arguments)
    case "acts": return try ActsCommand.run(arguments)
    case "sources": return try SourcesCommand.run(arguments)
    case "export": return try ExportCommand.run(arguments)
    case "quarantine list": return try QuarantineCommand.list(arguments)
    case "quarantine show": return try QuarantineCommand.show(arguments)
    case "quarantine retry": return try QuarantineCommand.retry(arguments)
    case "quarantine drop": return try QuarantineCommand.drop(arguments)
    case "health": return try HealthCommand.run(arguments)
    case "backtest": return try BacktestCommand.run(arguments)
    case "config check": return try ConfigCheckCommand.run(arguments)
    case "journal check": return try JournalCommand.check(arguments)
    case "journal stat": return try JournalCommand.stat(arguments)
    case "journal export": return try JournalCommand.export(arguments)
    case "db check": return try DatabaseCommand.check(arguments)
    case "db migrate": return try DatabaseCommand.migrate(arguments)
    case "db backup": return try DatabaseCommand.backup(arguments)
    case "db salvage": return try DatabaseCommand.salvage(arguments)
    case "db vacuum": return try DatabaseCommand.vacuum(arguments)
    case "db stat": return try DatabaseCommand.stat(arguments)
    case "doctor": return try DoctorCommand.run(arguments)
    case "completion": return try CompletionCommand.run(arguments)
    case "complete": return try CompleteCommand.run(arguments)
    case "version": return try VersionCommand.run(arguments)
    default: return try HelpCommand.run(arguments)
    }
  }
}

/// What the shell is told.
enum ExitCode: Int32 {
  case success = 0
  case nothingFound = 1
  case failure = 2
  /// By ^C or another signal, after what was begun has been taken away.
  case interrupted = 130
}
