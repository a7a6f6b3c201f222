package import Render

/// Takes layers feature by feature and keeps nothing of what it was told: a format to export to.
package protocol FeatureWriter: ~Copyable {
  /// The rows that follow are of this layer.
  mutating func begin(_ layer: Layer) throws

  /// Takes a row: a cell a column, and where it lies.
  mutating func add(_ row: [Cell], _ shape: Shape?) throws

  /// The layer is complete.
  mutating func end() throws

  /// Everything is told.
  mutating func finish() throws
}
