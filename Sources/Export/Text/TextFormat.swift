/// The formats that are written line by line.
package enum TextFormat: String, CaseIterable, Sendable {
  /// A FeatureCollection, a feature a line (RFC 7946).
  case geojson
  /// A feature a record, each after a record separator (RFC 8142).
  case geojsonseq
  /// RFC 4180 with a header.
  case csv
  /// What `list --format ndjson` prints, an object a line.
  case ndjson
}
