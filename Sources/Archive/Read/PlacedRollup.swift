package import Reports

/// The counts of an hour with where they were made.
package struct PlacedRollup: Equatable, Sendable {
  package let row: RollupRow
  /// The cell's edges; nil for reports without a place.
  package let box: BoundingBox?
}
