package import JSON
package import Reports

/// A cluster or an incident as `tocsin list --format ndjson` writes it, as far as the comparison needs it.
package struct FoundCluster: Equatable, Sendable {
  package var id: String
  /// `cluster` or `incident`.
  package var kind: String
  package var keywords: [String]
  package var openedAt: Timestamp
  package var lastReportAt: Timestamp
  /// Its centre; nil for a cluster without a place.
  package var place: Coordinate?
  package var reportCount: Int64
  package var witnessCount: Int64

  /// Reads one line; nil where a member is missing or wrong.
  package init?(_ value: JSONValue) {
    guard let id = value["id"]?.string, let keywords = value["keywords"]?.array?.compactMap(\.string),
      let openedAt = value["openedAt"]?.string.flatMap({ Timestamp($0) }),
      let lastReportAt = value["lastReportAt"]?.string.flatMap({ Timestamp($0) }),
      let reportCount = value["reportCount"]?.int64, reportCount >= 0,
      let witnessCount = value["witnessCount"]?.int64, witnessCount >= 0
    else { return nil }
    self.id = id
    kind = value["kind"]?.string == "incident" ? "incident" : "cluster"
    self.keywords = keywords
    self.openedAt = openedAt
    self.lastReportAt = lastReportAt
    self.reportCount = reportCount
    self.witnessCount = witnessCount
    guard let location = value["location"], !location.isNull else { return }
    guard let coordinates = location["coordinates"]?.array, coordinates.count >= 2,
      let longitude = coordinates[0].double, let latitude = coordinates[1].double,
      let place = Coordinate(latitude: latitude, longitude: longitude)
    else { return nil }
    self.place = place
  }
}
