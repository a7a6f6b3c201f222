/// How a body holds its events; the raw value is the media type that HELLO names.
package enum MediaType: String, CaseIterable, Sendable {
  /// One JSON event a line: a broken event spoils only its own line.
  case ndjson = "application/x-ndjson"
  /// The JSON Batch Format of CloudEvents, one array: after a syntax error the rest of it is rejected.
  case cloudEventsBatch = "application/cloudevents-batch+json"
}
