package import Reports

/// Where a silence holds.
package enum SilenceArea: Equatable, Sendable {
  /// By the even-odd rule over all rings: a ring in a ring is a hole.
  case polygon([AreaRing])
  /// Edges included.
  case box(BoundingBox)
  case circle(ClusterFilter.Near)

  /// - Complexity: O(corners).
  package func contains(_ place: Coordinate) -> Bool {
    switch self {
    case .polygon(let rings): rings.reduce(false) { $0 != $1.contains(place) }
    case .box, .circle: filter.admits(place)
    }
  }

  /// What an index can look for: all that lies in it, and more.
  var filter: ClusterFilter {
    var filter = ClusterFilter()
    switch self {
    case .polygon(let rings):
      guard rings.count == 1 else {
        filter.boundingBox = BoundingBox(
          westE7: -1_800_000_000, southE7: rings.map(\.boundingBox.southE7).min() ?? 0, eastE7: 1_800_000_000,
          northE7: rings.map(\.boundingBox.northE7).max() ?? 0)
        break
      }
      filter.boundingBox = rings[0].boundingBox
    case .box(let box): filter.boundingBox = box
    case .circle(let near): filter.near = near
    }
    return filter
  }
}

extension SilenceArea: CustomStringConvertible {
  /// As the flags take it.
  package var description: String {
    func degrees(_ valueE7: Int32) -> String { "\(Double(valueE7) / 1e7)" }
    func place(_ place: Coordinate) -> String { "\(degrees(place.latitudeE7)),\(degrees(place.longitudeE7))" }
    switch self {
    case .polygon(let rings):
      let corners = rings.flatMap(\.corners)
      let shown = corners.prefix(8).map(place).joined(separator: " ") + (corners.count > 8 ? " …" : "")
      return "polygon of \(corners.count) corners \(shown)"
    case .box(let box): return "box \([box.westE7, box.southE7, box.eastE7, box.northE7].map(degrees).joined(separator: ","))"
    case .circle(let near): return "\(Int64(near.radiusMeters.rounded())) m around \(place(near.center))"
    }
  }
}
