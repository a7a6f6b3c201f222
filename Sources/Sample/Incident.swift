package import JSON
package import Reports

/// An event of the city that many people report: what a stream has planted, and what the aggregator ought to find.
package struct Incident: Equatable, Sendable {
  package var keyword: String
  package var name: String
  package var place: Coordinate
  package var startsAt: Timestamp
  package var endsAt: Timestamp
  /// Reports of it, each of another reporter.
  package var reportCount: Int

  /// The truth as one JSON array, with a line feed behind it.
  package static func encode(_ incidents: [Incident]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for incident in incidents {
      writer.beginObject()
      writer.member("keyword", incident.keyword)
      writer.member("name", incident.name)
      writer.member("latitude", incident.place.latitude)
      writer.member("longitude", incident.place.longitude)
      writer.member("startsAt", incident.startsAt.description)
      writer.member("endsAt", incident.endsAt.description)
      writer.member("reports", incident.reportCount)
      writer.endObject()
    }
    writer.endArray()
    writer.endLine()
    return writer.bytes
  }

  /// Reads what `encode` has written; nil where a member is missing or wrong.
  package static func decode(_ truth: JSONValue) -> [Incident]? {
    guard let values = truth.array else { return nil }
    let incidents = values.compactMap(Incident.init)
    return incidents.count == values.count ? incidents : nil
  }

  private init?(_ value: JSONValue) {
    guard let keyword = value["keyword"]?.string, let name = value["name"]?.string,
      let latitude = value["latitude"]?.double, let longitude = value["longitude"]?.double,
      let place = Coordinate(latitude: latitude, longitude: longitude),
      let startsAt = value["startsAt"]?.string.flatMap({ Timestamp($0) }),
      let endsAt = value["endsAt"]?.string.flatMap({ Timestamp($0) }),
      let reportCount = value["reports"]?.int64, reportCount > 0
    else { return nil }
    self.init(
      keyword: keyword, name: name, place: place, startsAt: startsAt, endsAt: endsAt, reportCount: Int(reportCount))
  }

  package init(
    keyword: String, name: String, place: Coordinate, startsAt: Timestamp, endsAt: Timestamp, reportCount: Int
  ) {
    self.keyword = keyword
    self.name = name
    self.place = place
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.reportCount = reportCount
  }
}
