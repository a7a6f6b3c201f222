package import Engine
package import Reports

/// Which clusters, episodes or incidents to list, in which order and how many; every condition that is given must hold.
package struct ClusterFilter: Equatable, Sendable {
  /// Those whose centroid lies within a great-circle distance of a place.
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
    /// Clusters: the most witnesses first, then the most reports, then the earliest opened, then by id. Episodes and incidents:
    /// the longest recurrence interval first, then the most witnesses, then the earliest opened, then by id.
    case largest
    /// Ascending by id, as the rows lie in the file: for whoever reads all of them.
    case id
  }

  package var near: Near?
  /// A box that holds the centroid, its edges included; its west may be greater than its east.
  package var boundingBox: BoundingBox?
  /// Words that the keyword holds, all of them and each whole; normalised as keywords are. Empty: any keyword.
  package var keywordWords: [String] = []
  /// Keywords that are admitted beside those that hold the words, such as others of the same stem; heeded where words are given.
  package var furtherKeywords: Set<String> = []
  /// Only these; nil for any. Of thousands `count` takes it that they are there.
  package var ids: Set<ClusterID>?
  /// The half-open interval of time that overlaps theirs, from the first report to the last.
  package var since: Timestamp?
  package var until: Timestamp?
  package var state: State?
  /// Only what was alerted; a cluster, where its episode was.
  package var isAlertedOnly = false
  /// Whether incidents that another one explains are listed too; those that were alerted are listed in any case.
  package var includesExplained = false
  package var order = Order.recent
  /// Only what follows this place in the order `recent`, which is the only one that is paged.
  package var after: ListCursor?
  /// How many at most; nil for all.
  package var limit: Int?

  package init() {}
}
