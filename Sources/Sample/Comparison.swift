import Reports

/// The planted incidents beside the clusters that were found.
package struct Comparison: Sendable {
  package static let reachMeters = 1_500.0
  package static let reachMicroseconds: Int64 = 3_600_000_000

  package struct Match: Equatable, Sendable {
    package var cluster: FoundCluster
    package var distanceMeters: Double
  }

  /// Each incident with the cluster that matches it best; nil where it was missed.
  package let rows: [(incident: Incident, match: Match?)]
  /// The clusters that match no incident best.
  package let further: [FoundCluster]
  /// What was found, in one word.
  private let noun: String

  /// Looks for each incident's cluster: of its keyword, within an hour of its time and 1.5 km of its place; of several that
  /// with the most witnesses, then the nearest.
  ///
  /// - Complexity: O(incidents × clusters).
  package init(_ incidents: [Incident], _ clusters: [FoundCluster]) {
    noun = clusters.first?.kind ?? "cluster"
    rows = incidents.map { ($0, Self.bestMatch(for: $0, among: clusters)) }
    let matched = Set(rows.compactMap(\.match?.cluster.id))
    further = clusters.filter { !matched.contains($0.id) }
  }

  private static func bestMatch(for incident: Incident, among clusters: [FoundCluster]) -> Match? {
    var best: Match?
    for cluster in clusters where cluster.keywords.contains(incident.keyword) {
      guard let place = cluster.place, overlaps(incident, cluster) else { continue }
      let distance = City.distanceMeters(incident.place, place)
      guard distance <= reachMeters else { continue }
      let rank = (-cluster.witnessCount, distance, cluster.id)
      if let best, (-best.cluster.witnessCount, best.distanceMeters, best.cluster.id) <= rank { continue }
      best = Match(cluster: cluster, distanceMeters: distance)
    }
    return best
  }

  private static func overlaps(_ incident: Incident, _ cluster: FoundCluster) -> Bool {
    let earliest = Timestamp(microseconds: incident.startsAt.microseconds - reachMicroseconds)
    let latest = Timestamp(microseconds: incident.endsAt.microseconds + reachMicroseconds)
    return cluster.openedAt <= latest && cluster.lastReportAt >= earliest
  }

  package var foundCount: Int { rows.count { $0.match != nil } }
  package var isComplete: Bool { foundCount == rows.count }

  /// The table and its summary, for people.
  package var description: String {
    let header = ["incident", "starts at", "planted", "found", "metres", noun]
    let body = rows.map { incident, match in
      [
        incident.name, incident.startsAt.description, String(incident.reportCount),
        match.map { String($0.cluster.reportCount) } ?? "–", match.map { String(Int($0.distanceMeters.rounded())) } ?? "–",
        match?.cluster.id ?? "missed",
      ]
    }
    let table = [header] + body
    let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { cells in
      cells.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        // Numbers stand to the right; the last column needs no padding.
        return (2...4).contains(column) ? padding + cells[column] : column == 5 ? cells[column] : cells[column] + padding
      }.joined(separator: "  ") + "\n"
    }
    return lines.joined() + "\n" + summary + "\n"
  }

  private var summary: String {
    let found = "\(foundCount) of \(rows.count) planted incidents found; "
    guard let largest = further.map(\.witnessCount).max() else { return found + "no further \(noun)s." }
    if further.count == 1 { return found + "1 further \(noun), with \(largest) witnesses." }
    return found + "\(further.count) further \(noun)s, the largest with \(largest) witnesses."
  }
}
