import Engine
import Reports

extension Section {
  /// The file's sections, in the order in which they are read and rendered: the default profile before what overrides it.
  static let all = [
    service, security, producer, detection, cluster, topic, source, time, deduplicate, quarantine, journal, archive, history,
    retention,
  ]

  private static let service = table(
    "service",
    [
      Setting(
        "endpoint", \.service.endpoint, .endpoint,
        "tcp://HOST:PORT or ipc://PATH; without a key in [security] only 127.x.y.z and ipc."),
      // At least the largest batch, which could otherwise never be sent.
      Setting(
        "creditEvents", \.service.creditEvents, .integer(Limits.batchEventCount...16_777_216), isLive: true,
        "Events that one producer may have under way."),
      Setting(
        "creditMebibytes", \.service.creditMebibytes, .integer(Limits.batchByteCount >> 20...4_096), isLive: true,
        "Mebibytes that one producer may have under way."),
      Setting(
        "heartbeatMilliseconds", \.service.heartbeatMilliseconds, .integer(100...60_000),
        "How often a producer that says nothing is to give a sign of life."),
      Setting(
        "connections", \.service.connections, .integer(1...16_384), isLive: true,
        "Connections at once; each may cost 82 MiB of memory at the worst."),
    ], "Where producers connect, and how much they may send without an answer.")

  private static let time = table(
    "time",
    [
      Setting(
        "allowedLatenessMinutes", \.engine.allowedLatenessMinutes, .integer(0...latenessMinutes), determinesSummaries: true,
        "How far behind the newest event time a report still counts."),
      Setting(
        "idleTimeoutMinutes", \.engine.idleTimeoutMinutes, .integer(1...latenessMinutes), determinesSummaries: true,
        "A source that is so far behind the newest event time is waited for no longer."),
      Setting(
        "maximumSkewAheadMinutes", \.time.maximumSkewAheadMinutes, .integer(0...1_440),
        "How far ahead of this machine's clock a report is believed."),
    ], "What is too late, and what lies in the future.")

  /// The most that allowed lateness and idle timeout may be together: 30 days of bins are kept open.
  static let latenessMinutes = 43_200

  private static let deduplicate = table(
    "deduplicate",
    [
      Setting(
        "window", \.engine.deduplicationWindow, .oneCase, determinesSummaries: true,
        "fixed: remembered from the first sight on; sliding: from the last, so that what is sent again and again counts once."),
      Setting(
        "windowHours", \.engine.deduplicationWindowHours, .integer(1...8_760), determinesSummaries: true,
        "How long a source and id are remembered."),
      Setting(
        "maximumEntries", \.engine.deduplicationEntryCount, .integer(1...1_000_000_000), determinesSummaries: true,
        "How many are remembered at once, 19 to 24 bytes each; past this the oldest are forgotten."),
    ], "How long a report is known again by its source and id.")

  private static let quarantine = table(
    "quarantine",
    [
      Setting(
        "maximumEvents", \.engine.quarantineEventCount, .integer(0...1_000_000), determinesSummaries: true,
        "How many refused events are kept; past this the oldest go."),
      Setting(
        "maximumMebibytes", \.quarantineMebibytes, .integer(0...4_096), determinesSummaries: true,
        "How much room they may take."),
    ], "The events that were refused, without what nobody may keep.")

  private static let journal = table(
    "journal",
    [
      Setting(
        "segmentMebibytes", \.journal.segmentMebibytes, .integer(1...4_096),
        "Size at which a file of the journal is closed and the next begun."),
      Setting(
        "recoverySeconds", \.journal.recoverySeconds, .integer(0...86_400),
        "How long a restart may take to get ready: the engine's state is kept as often as that needs; with 0, as often as can be."
      ),
      Setting(
        "retentionDays", \.journal.retentionDays, .integer(0...36_500),
        "How long the journal is kept for other settings, backtests and exports; with 0, as long as a restart needs it."),
    ], "The log of every report that was acknowledged.")

  private static let archive = table(
    "archive",
    [
      Setting(
        "flushMilliseconds", \.archive.flushMilliseconds, .integer(10...60_000),
        "How long changes are gathered before they are written; under load longer, up to 10 s, so that writing takes an eighth of the time."
      ),
      Setting(
        "logWarningMebibytes", \.archive.logWarningMebibytes, .integer(1...65_536),
        "Past this length of the write-ahead log whoever keeps it from shrinking is warned of, and changes are gathered longer."),
    ], "The SQLite store of summaries.")

  private static let history = table(
    "history",
    [
      Setting(
        "retentionDays", \.history.retentionDays, .integer(1...36_500),
        "How long it is kept what was said of an incident, an episode or a cluster, counted in event time."),
      Setting(
        "maximumChanges", \.history.maximumChanges, .integer(1_000...100_000_000),
        "How many changes are kept of each of the three, 150 to 250 bytes each; past this the oldest go."),
    ], "What was listed at an earlier time, and how it came to be.")

  private static let retention = table(
    "retention",
    [
      Setting(
        "textDays", \.retention.textDays, .integer(1...36_500),
        "How long what reports say: in the journal, the texts that stand for a summary, refused events."),
      Setting("countDays", \.retention.countDays, .integer(1...36_500), "How long the hourly counts."),
      Setting(
        "summaryDays", \.retention.summaryDays, .integer(30...36_500),
        "How long closed incidents, episodes and clusters, counted from their last report."),
    ], "How long what the store holds is kept, counted in event time.")
}
