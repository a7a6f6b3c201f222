import Archive
import Arguments
import Export
import Platform
import Render
import Reports

/// `tocsin export`: what a store holds, in the formats of other tools.
enum ExportCommand {
  private static let formats = ["gpkg"] + TextFormat.allCases.map(\.rawValue)
  /// What names of files say of their format.
  private static let extensions = [
    ".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".geojsonl": "geojsonseq", ".geojsons": "geojsonseq",
    ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson",
  ]

  static let description = Command(
    "export", "What the store holds as a file for maps, data frames and databases: all of it, or what the flags choose",
    flags: [
      Flag(
        "format", "FORMAT",
        "gpkg: a GeoPackage with a layer for each kind, the others: one kind as text; default by the name of the output",
        choices: formats),
      Flag("output", "FILE", "The new file, which appears whole or not at all; without it, or with -, standard output"),
      Flag("force", nil, "Replace a file that is there already"),
      Flag(
        "kind", "KIND", "What to export; default everything in a GeoPackage, incident in the other formats",
        choices: ExportKind.allCases.map(\.rawValue)),
    ] + CommonFlags.filters + [
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      CommonFlags.state,
      Flag("limit", "N", "Export at most so many rows of each kind"), CommonFlags.store,
    ],
    examples: [
      .init("tocsin export --output store.gpkg", "everything, for QGIS, GDAL, GeoPandas, DuckDB; layers: docs/export.md"),
      .init(
        "tocsin export --output week.gpkg --near 42.346,-71.098 --within 2km --since \"7d ago\"", "one place and one week of it"),
      .init("tocsin export --output incidents.geojson --alerts", "every alert as a polygon"),
      .init("tocsin export --format csv --kind rollup --keyword snow > snow.csv", "a keyword hour by hour and cell by cell"),
      .init("tocsin export --format ndjson --kind cluster | jq .keywords", "an object a line, as `list` prints it"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    let output = arguments.string("output").flatMap { $0 == "-" ? nil : $0 }
    let format = try format(arguments, output)
    let kind = arguments.string("kind").flatMap(ExportKind.init(rawValue:))
    // Reading a store may write beside it, too.
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    if let output, FileSystem.isSameFile(output, reader.path) {
      throw ArgumentError("--output: \(output) is the store itself; name another file")
    }
    try KeywordStems.admit(to: &filter, reader)
    var acts = try ActFlags.filter(reader)
    acts.includesSilenced = arguments.has("silenced")
    let progress = ExportProgress(signals: output == nil ? nil : try SignalSet())
    defer { progress.clear() }
    do {
      if let text = TextFormat(rawValue: format) {
        try export(kind ?? .incident, filter, acts, reader, text, output, replaces: arguments.has("force"), progress)
      } else if let output {
        try exportPackage(kind, filter, acts, reader, output, replaces: arguments.has("force"), progress)
      }
    } catch OutputError.interrupted {
      progress.clear()
      Output.complain("\(OutputError.interrupted)")
      return .interrupted
    } catch {
      progress.clear()
      throw error
    }
    progress.clear()
    // Beside a pipe the counts would only be in the way.
    if let output { Output.complain("wrote \(output): " + summary(progress)) }
    return progress.counts.allSatisfy { $0.count == 0 } ? .nothingFound : .success
  }

  private static func summary(_ progress: ExportProgress) -> String {
    // Layers are named in the plural.
    progress.counts.map { count in
      let layer = count.layer.replacing("_", with: " ")
      return Words.quantity(Double(count.count), String(layer.dropLast()), plural: layer)
    }.joined(separator: ", ")
  }

  /// What was said, else what the output's name says.
  private static func format(_ arguments: ParsedArguments, _ output: String?) throws(ArgumentError) -> String {
    let name = output?.lowercased() ?? ""
    let implied = extensions.first { name.hasSuffix($0.key) }?.value
    guard let format = arguments.string("format") ?? implied else {
      throw ArgumentError("export: --format is missing; say one of \(formats.joined(separator: ", "))")
    }
    guard format == "gpkg" else { return format }
    guard output != nil else {
      throw ArgumentError("--format: a GeoPackage is a file of its own; name it with --output FILE.gpkg")
    }
    // Requirement 3 of the standard, and what readers tell it by.
    guard name.hasSuffix(".gpkg") else {
      throw ArgumentError("--output: expected a name that ends in .gpkg, as a GeoPackage's must, found \"\(output ?? "")\"")
    }
    return format
  }

  /// Rows lie by id in the store: nothing has to be put in order for tables that readers sort.
  private static func exportPackage(
    _ kind: ExportKind?, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader, _ path: String,
    replaces: Bool, _ progress: ExportProgress
  ) throws {
    var filter = filter
    if filter.limit == nil { filter.order = .id }
    let file = try OutputFile(path, replaces: replaces)
    let copyPath = file.partialPath + "-store"
    var writer = try GeoPackageWriter(file, exportedAt: Timestamp(microseconds: Clock.wallMicroseconds())) { try progress.look() }
    let exporter = Exporter(filter: filter, acts: acts, isPlaced: false, progress: progress)
    let kinds = kind.map { [$0] } ?? ExportKind.allCases
    if kind == nil, filter.isEverything, reader.isWritten, let copy = try copy(of: reader, copyPath, progress) {
      do { try exporter.export(kinds, of: copy, to: &writer) } catch ArchiveError.corrupt(_, let detail) {
        // The copy is as damaged as the store, and gone in a moment.
        throw ArchiveError.corrupt(path: reader.path, detail: detail)
      }
    } else {
      try exporter.export(kinds, of: reader, to: &writer)
    }
  }

  /// A store that is being written is copied first where all of it is asked for: that takes a moment, the export may take minutes. Nil
  /// where there is no room for a copy beside the export, which is less than twice as long as the store.
  private static func copy(
    of reader: borrowing ArchiveReader, _ path: String, _ progress: ExportProgress
  ) throws -> ArchiveReader? {
    guard let free = try? FileSystem.freeByteCount(at: FileSystem.folder(of: path)), free / 3 >= (try reader.byteCount()) else {
      return nil
    }
    do {
      // SQLite would let everybody read what it makes.
      _ = try File(path, .createExclusively)
      return try reader.copy(to: path) { try progress.look() }
    } catch let error as ArchiveError where error.isFull {
      return nil
    }
  }

  private static func export(
    _ kind: ExportKind, _ filter: ClusterFilter, _ acts: ActFilter, _ reader: borrowing ArchiveReader, _ format: TextFormat,
    _ path: String?, replaces: Bool, _ progress: ExportProgress
  ) throws {
    let exporter = Exporter(filter: filter, acts: acts, isPlaced: true, progress: progress)
    if let path {
      let file = TextFile(try OutputFile(path, replaces: replaces))
      var writer = TextWriter(format, write: { try file.write($0) }, done: { try file.finish() })
      try exporter.export([kind], of: reader, to: &writer)
    } else {
      var writer = TextWriter(format, write: { try Output.write($0) }, done: {})
      try exporter.export([kind], of: reader, to: &writer)
    }
  }
}

extension ClusterFilter {
  /// Whether it leaves little out.
  fileprivate var isEverything: Bool {
    near == nil && boundingBox == nil && keywordWords.isEmpty && since == nil && until == nil && limit == nil
  }
}
