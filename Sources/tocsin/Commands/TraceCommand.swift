import Archive
import Arguments
import Configuration
import Engine
import Render
import Reports
import Service
import Spelling
import Terms

/// `tocsin trace`: what became of one report.
enum TraceCommand {
  static let description = Command(
    "trace", "What became of a report: when it came, its verdict, the cluster and the incident that hold it",
    operands: ["SOURCE", "REPORT-ID"],
    flags: [
      Flag("format", "FORMAT", "How to print; default table", choices: ["table", "json", "ndjson"]), CommonFlags.config,
      CommonFlags.profile, CommonFlags.store,
    ],
    examples: [
      .init("tocsin trace /boston/311 101001234567", "its source and the id that it has there"),
      .init("tocsin trace /boston/311 101001234567 --config tocsin.toml", "in a store that is not kept with the defaults"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let (source, id) = (arguments.operands[0], arguments.operands[1])
    let directory = try CommonFlags.storeDirectory(arguments)
    let configuration = try CommonFlags.configuration(arguments)
    let reader = try ArchiveReader(folder: directory)
    let meta = try reader.meta()
    let progress = ProgressLine("trace")
    let trace = try ReportTrace(directory: directory, source: source, id: id, configuration: configuration) {
      progress.show($0, $1)
    }
    progress.clear()
    for damage in trace.damages { Output.complain("not looked at: \(damage)") }
    if trace.firstPosition > 0 {
      Output.complain(
        "the journal begins at position \(trace.firstPosition); what came before was let go of, and counts as new here")
    }
    guard !trace.arrivals.isEmpty else {
      try complain(source, id, reader)
      return .nothingFound
    }
    if meta.settingsFingerprint != configuration.fingerprint {
      Output.complain("the store is kept with other settings: name their file with --config, for verdicts may depend on them")
    }
    let homes = try homes(of: trace, reader)
    switch arguments.string("format") {
    case "json", "ndjson": try Output.show(TraceText.json(source, id, trace, homes))
    default: try Output.show(TraceText.text(source, id, trace, homes))
    }
    return .success
  }

  private static func complain(_ source: String, _ id: String, _ reader: borrowing ArchiveReader) throws {
    let names = try reader.sources().map { String(decoding: $0.name, as: UTF8.self) }
    guard !names.contains(source) else {
      return Output.complain("no report \"\(id)\" of \(source) is in the journal")
    }
    let nearest = Spelling.nearest(to: source, in: names).map { "did you mean \($0)?" } ?? "`tocsin sources` lists them"
    throw ArgumentError("trace: no source \"\(source)\" is known; \(nearest)")
  }

  /// The clusters that hold the accepted report, with what they hang below.
  private static func homes(
    of trace: ReportTrace, _ reader: borrowing ArchiveReader
  ) throws -> [TraceText.Home] {
    guard let report = trace.arrivals.first(where: { $0.verdict == .accepted })?.report, let place = report.place else {
      return []
    }
    var homes: [TraceText.Home] = []
    for row in try reader.clusters(holding: place, at: report.time, keywords: try names(of: report, reader)) {
      homes.append(TraceText.Home(cluster: row, incident: try row.episode.flatMap { try reader.incident(of: $0) }))
    }
    return homes
  }

  /// What the store calls the report's keywords: keywords of one key have one name, the first that came.
  private static func names(
    of report: ReportTrace.Report, _ reader: borrowing ArchiveReader
  ) throws -> [String] {
    var maker = try KeywordMaker(TermsSettings(language: reader.meta().language ?? TermsSettings.noLanguage))
    let known = try reader.keywords()
    let all = Set(known)
    var wanted: Set<[UInt8]> = []
    var names: [String] = []
    for (keyword, key) in zip(report.keywords, report.keys) {
      if all.contains(keyword) { names.append(keyword) } else { wanted.insert(key) }
    }
    if !wanted.isEmpty {
      for name in known { if let key = maker.key(of: name), wanted.contains(key) { names.append(name) } }
    }
    return names
  }
}
