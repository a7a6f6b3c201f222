/// Bounds of what analysts may write.
package enum ActLimits {
  /// Bytes of a name, of an analyst or of somebody to whom something is assigned.
  package static let nameByteCount = 64
  /// Bytes of a note or a reason.
  package static let noteByteCount = 2_000
  /// Corners of a silence's polygons in all.
  package static let cornerCount = 1_000
  /// Silences that have not ended.
  package static let silenceCount = 1_000
  /// Merges that stand.
  package static let joinCount = 10_000
  /// The longest silence, in microseconds: 366 days.
  package static let silenceMicroseconds: Int64 = 366 * 86_400_000_000
}
