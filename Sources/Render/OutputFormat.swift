/// The form of a command's output, as `--format` names it.
package enum OutputFormat: String, CaseIterable, Sendable {
  /// Aligned columns for people; the only form that cuts, rounds and colours.
  case table
  /// One array of objects (RFC 8259), an object a line.
  case json
  /// One object a line.
  case ndjson
  /// RFC 4180 with a header.
  case csv
  /// A FeatureCollection (RFC 7946), a feature a line.
  case geojson
}
