package import Reports

/// Which clusters to list, in which order and how many; every condition that is given must hold.
package struct ClusterFilter: Equatable, Sendable {
  /// Clusters whose centroid lies within a great-circle distance of a place.
  package struct Near: Equatable, Sendable {
    package var center: Coordinate
    package var radiusMeters: Double
    package init(center: Coordinate, radiusMeters: Double) {
      self.center = center
      self.radiusMeters = radiusMeters
    }
  }

  package enum State: String, Sendable {
    case open
    case closed
  }

  package enum Order: Sendable {
    /// The latest last report first, then by id.
    case recent
    /// The most witnesses first, then the most reports, then the earliest opened, then by id.
    case largest
  }

  package var near: Near?
  /// A box that holds the centroid, its edges included; its west may be greater than its east.
  package var boundingBox: BoundingBox?
  /// Words that the keyword holds, all of them and each whole; normalised as keywords are. Empty: any keyword.
  package var keywordWords: [String] = []
  /// The half-open interval of time that overlaps the cluster's, from its first report to its last.
  package var since: Timestamp?
  package var until: Timestamp?
  package var state: State?
  package var order = Order.recent
  /// How many at most; nil for all.
  package var limit: Int?

  package init() {}
}
