import Engine
import Reports

extension Setting {
  /// Every setting, in the order of the file.
  static let all: [Setting] = service + cluster + time + storage

  private static let service = [
    Setting(
      group: "service", name: "endpoint", summary: "tcp://HOST:PORT or ipc://PATH; `serve` binds only 127.x.y.z and ipc for now.",
      kind: .endpoint(\.service.endpoint)),
    // At least the largest batch, which could otherwise never be sent.
    Setting(
      group: "service", name: "creditEvents", summary: "Events that one producer may have under way.",
      kind: .integer(\.service.creditEvents, Limits.batchEventCount...16_777_216)),
    Setting(
      group: "service", name: "creditMebibytes", summary: "Mebibytes that one producer may have under way.",
      kind: .integer(\.service.creditMebibytes, Limits.batchByteCount >> 20...4_096)),
    Setting(
      group: "service", name: "heartbeatMilliseconds",
      summary: "How often a producer that says nothing is to give a sign of life.",
      kind: .integer(\.service.heartbeatMilliseconds, 100...60_000)),
  ]

  private static let cluster = [
    Setting(
      group: "cluster", name: "cellMeters", summary: "Side of a grid cell.",
      kind: .number(\.engine.cellMeters, Limits.cellMeters), determinesSummaries: true),
    Setting(
      group: "cluster", name: "binMinutes", summary: "Width of a time bin: divides an hour, or is whole hours that divide a day.",
      kind: .binMinutes(\.engine.binMinutes), determinesSummaries: true),
    Setting(
      group: "cluster", name: "minimumWitnesses", summary: "Independent witnesses in one cell and bin that make it count.",
      kind: .integer(\.engine.minimumWitnesses, 2...1_000), determinesSummaries: true),
  ]

  private static let time = [
    Setting(
      group: "time", name: "allowedLatenessMinutes", summary: "How far behind the newest event time a report still counts.",
      kind: .integer(\.engine.allowedLatenessMinutes, 0...43_200), determinesSummaries: true),
    Setting(
      group: "time", name: "maximumSkewAheadMinutes", summary: "How far ahead of this machine's clock a report is believed.",
      kind: .integer(\.time.maximumSkewAheadMinutes, 0...1_440)),
  ]

  private static let storage = [
    Setting(
      group: "deduplicate", name: "windowHours", summary: "How long a source and id are remembered, from their first sight.",
      kind: .integer(\.engine.deduplicationWindowHours, 1...8_760), determinesSummaries: true),
    Setting(
      group: "deduplicate", name: "maximumEntries",
      summary: "How many are remembered at once; past this the oldest are forgotten.",
      kind: .integer(\.engine.deduplicationEntryCount, 1...1_000_000_000), determinesSummaries: true),
    Setting(
      group: "journal", name: "segmentMebibytes", summary: "Size at which a file of the journal is closed and the next begun.",
      kind: .integer(\.journal.segmentMebibytes, 1...4_096)),
    Setting(
      group: "archive", name: "flushMilliseconds", summary: "How long changes are gathered before they are written.",
      kind: .integer(\.archive.flushMilliseconds, 10...60_000)),
  ]
}
