import Archive
import Arguments
import Configuration
import Engine
import Platform
import Render
import Reports
import Service
import Terms
import ZeroMQ

/// The flags that several commands share, and what they mean.
enum CommonFlags {
  static let key = Flag(
    "key", "FILE", "This producer's secret key, as `tocsin keygen` makes it; for an aggregator that asks for keys")
  static let serverKey = Flag(
    "server-key", "KEY", "The aggregator's public key, 40 characters; its log and `tocsin keygen --show` name it")
  static let store = Flag("store", "DIR", "The store's folder; default $XDG_DATA_HOME/tocsin")
  static let endpoint = Flag("endpoint", "tcp://…", "Where the aggregator listens; default tcp://127.0.0.1:7737")
  static let config = Flag("config", "FILE", "Settings in TOML; without it the defaults hold")
  /// Of every command that detects; `configuration` heeds it.
  static let profile = Flag(
    "profile", "NAME", "The preset to look by, instead of the file's; its [cluster] still overrides",
    choices: Profile.presets.map(\.name))
  /// Of what may open a store.
  static let rebuild = Flag(
    "rebuild", nil, "Make the summaries anew even where the journal's beginning was let go of: what only it told is lost")
  static let format = Flag(
    "format", "FORMAT", "How to print; default table", choices: OutputFormat.allCases.map(\.rawValue))
  static let logging = [
    Flag(
      "log-format", "FORMAT", "Form of the lines on standard error; default logfmt", choices: Log.Format.allCases.map(\.rawValue)),
    Flag(
      "log-level", "LEVEL", "The least level that is written; default info, debug tells of every batch",
      choices: Log.Level.allCases.map(\.rawValue)),
  ]
  static let limit = Flag("limit", "N", "Print at most so many rows")

  static let near = Flag("near", "LAT,LON", "Only what lies near this place; see --within")
  static let within = Flag("within", "DISTANCE", "How near, such as 800m, 2km or 1mi; default 1km")
  /// What chooses clusters, but for the circle of `near` and `within`.
  static let filtersOfAnyPlace = [
    Flag("bbox", "W,S,E,N", "Only what lies in this box of degrees"),
    Flag(
      "keyword", "WORDS",
      "Only keywords that contain these words, in whatever form: outage finds outages, and street* what begins so"),
    Flag("since", "TIME", "Only what has reports at or after this time (2015-02-10, \"2h ago\", \"monday 18:00\"), UTC"),
    Flag("until", "TIME", "Only what has reports before this time"),
  ]
  /// What chooses a place and keywords.
  static let placeAndWords = [near, within] + filtersOfAnyPlace.prefix(2)
  /// What chooses clusters.
  static let filters = [near, within] + filtersOfAnyPlace

  static let alerts = Flag("alerts", nil, "Only what was alerted; clusters, where their episode was")
  static let all = Flag("all", nil, "Also the incidents that another one explains")
  static let state = Flag("state", "STATE", "Only those in this state", choices: ["open", "closed"])

  /// - Parameter purpose: what is done with them, such as "list".
  static func kind(to purpose: String) -> Flag {
    Flag(
      "kind", "KIND", "What to \(purpose): incidents, or the episodes or clusters below them; default incident",
      choices: SummaryKind.allCases.map(\.rawValue))
  }

  static func kind(_ arguments: ParsedArguments) -> SummaryKind {
    arguments.string("kind").flatMap(SummaryKind.init(rawValue:)) ?? .incident
  }

  /// The store's folder: what was said, else the place that the XDG Base Directory Specification gives.
  static func storeDirectory(_ arguments: ParsedArguments) throws(ArgumentError) -> String {
    if let directory = arguments.string("store") {
      guard !directory.isEmpty else { throw ArgumentError("--store: expected a folder, found \"\"") }
      guard !FileSystem.exists(directory) || FileSystem.exists(directory + "/.") else {
        throw ArgumentError("--store: \(directory) is a file; name the folder that it lies in")
      }
      return directory
    }
    if let data = Environment.value("XDG_DATA_HOME"), data.hasPrefix("/") { return data + "/tocsin" }
    if let home = Environment.value("HOME"), home.hasPrefix("/") { return home + "/.local/share/tocsin" }
    throw ArgumentError("no store: neither HOME nor XDG_DATA_HOME is set; name a folder with --store")
  }

  /// The settings that hold for a command: the file's, with the profile and the endpoint that were said.
  ///
  /// - Parameter path: a file named otherwise than with --config.
  static func configuration(_ arguments: ParsedArguments, path: String? = nil) throws -> Configuration {
    let profileName = arguments.string("profile")
    let profile = Profile.presets.first { $0.name == profileName }
    let path = path ?? arguments.string("config")
    var configuration =
      try path.map { try Configuration.load(path: $0, profile: profile) } ?? Configuration(profile: profile ?? .city)
    let name = ["endpoint", "to"].first { arguments.has($0) } ?? "endpoint"
    if let endpoint = arguments.string(name) {
      guard ["tcp://", "ipc://"].contains(where: endpoint.hasPrefix) else {
        throw ArgumentError("--\(name): expected tcp://HOST:PORT or ipc://PATH, found \"\(endpoint)\"")
      }
      configuration.service.endpoint = endpoint
    }
    return configuration
  }

  /// Who this producer is, to an aggregator that asks; nil where no key is named.
  static func credentials(_ arguments: ParsedArguments) throws -> CurveCredentials? {
    let expected = "a public key of 40 characters (quote it for the shell)"
    let serverKey = try arguments.value("server-key", expected: expected) { CurveKey($0) }
    switch (arguments.string("key"), serverKey) {
    case (nil, nil): return nil
    case (let path?, let serverKey?): return CurveCredentials(keys: try SecretKeyFile.read(path), serverKey: serverKey)
    case (_?, nil): throw ArgumentError("--key: needs --server-key with the aggregator's public key")
    case (nil, _?):
      throw ArgumentError("--server-key: needs --key with this producer's secret key file; `tocsin keygen` makes one")
    }
  }

  /// Does what the flags of `logging` say; before any thread starts.
  static func configureLog(_ arguments: ParsedArguments) {
    Log.configure(
      format: arguments.string("log-format").flatMap(Log.Format.init(rawValue:)) ?? .logfmt,
      level: arguments.string("log-level").flatMap(Log.Level.init(rawValue:)) ?? .info)
  }

  static func outputFormat(_ arguments: ParsedArguments) -> OutputFormat {
    arguments.string("format").flatMap(OutputFormat.init(rawValue:)) ?? .table
  }

  /// What the filter flags choose.
  static func filter(_ arguments: ParsedArguments) throws(ArgumentError) -> ClusterFilter {
    var filter = ClusterFilter()
    let radius = try arguments.distance("within")
    if let center = try arguments.place("near") {
      filter.near = ClusterFilter.Near(center: center, radiusMeters: radius ?? 1_000)
    } else if radius != nil, arguments.command.flags.contains(near) {
      throw ArgumentError("--within: says how near, but --near does not say what")
    }
    filter.boundingBox = try arguments.box("bbox")
    filter.keywordWords = try arguments.value("keyword", expected: "a word or more", words) ?? []
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    filter.since = try arguments.moment("since", now: now)
    filter.until = try arguments.moment("until", now: now)
    if let since = filter.since, let until = filter.until, until < since {
      throw ArgumentError("--until: \(until) lies before --since \(since); write the earlier one as --since")
    }
    filter.limit = try arguments.integer("limit", in: 1...10_000_000)
    filter.state = arguments.string("state").flatMap(ClusterFilter.State.init(rawValue:))
    filter.isAlertedOnly = arguments.has("alerts")
    filter.includesExplained = arguments.has("all")
    return filter
  }

  /// The words of a keyword query, in the form in which keywords are stored.
  static func words(_ text: String) -> [String]? {
    var normalized: [UInt8] = []
    guard KeywordNormalizer.normalize(Array(text.utf8).span, into: &normalized) == .kept else { return nil }
    return String(decoding: normalized, as: UTF8.self).split(separator: " ").map(String.init)
  }
}
