package import Engine
package import Reports

/// The counts of one keyword in one cell and hour.
package struct RollupRow: Equatable, Sendable {
  package let keyword: String
  /// `CellID.nowhere` for reports without a place.
  package let cell: CellID
  /// Hours since the epoch.
  package let hour: Int32
  package let reportCount: UInt64
  package let witnessCount: UInt64

  /// When the hour begins.
  package var startsAt: Timestamp { Timestamp(seconds: Int64(hour) * 3_600) }
}
