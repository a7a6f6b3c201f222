import Archive
import Glibc
import Render
import Reports

/// A stretch of the Earth on a plane: degrees, of which those of longitude are as short as they are in the middle; true enough for
/// a city or a state.
struct MapProjection {
  /// Degrees; a longitude may go past 180 where the places lie at both sides of the antimeridian.
  private let west: Double
  private let north: Double
  private let eastDegrees: Double
  private let southDegrees: Double
  private let shrink: Double
  private let isShifted: Bool

  /// The least side, so that a single place has surroundings.
  private static let leastDegrees = 0.01

  /// The smallest that holds all places, with some room at the edges; nil without a place.
  init?(_ places: [Coordinate]) {
    guard !places.isEmpty else { return nil }
    let plain = places.map(\.longitude)
    isShifted = (plain.max() ?? 0) - (plain.min() ?? 0) > 180
    let longitudes = isShifted ? plain.map { $0 < 0 ? $0 + 360 : $0 } : plain
    let latitudes = places.map(\.latitude)
    let (left, right) = (longitudes.min() ?? 0, longitudes.max() ?? 0)
    let (bottom, top) = (latitudes.min() ?? 0, latitudes.max() ?? 0)
    shrink = max(0.01, cos((bottom + top) / 2 * Double.pi / 180))
    let east = max(right - left, Self.leastDegrees / shrink) * 1.06
    let south = max(top - bottom, Self.leastDegrees) * 1.06
    west = (left + right - east) / 2
    north = (top + bottom + south) / 2
    (eastDegrees, southDegrees) = (east, south)
  }

  /// Width by height.
  var ratio: Double { eastDegrees * shrink / southDegrees }

  /// From the left and from the top, each as a share of the whole.
  func point(_ place: Coordinate) -> (x: Double, y: Double) {
    let longitude = isShifted && place.longitude < 0 ? place.longitude + 360 : place.longitude
    return ((longitude - west) / eastDegrees, (north - place.latitude) / southDegrees)
  }

  /// Metres from the left to the right.
  var widthMeters: Double { eastDegrees * shrink * Double.pi / 180 * 6_371_007.2 }

  /// A round length of about a fifth of the width, and the share that it takes.
  var scale: (text: String, share: Double) {
    let wanted = widthMeters / 5
    let power = pow(10, log10(wanted).rounded(.down))
    let meters = [5.0, 2, 1].map { $0 * power }.first { $0 <= wanted } ?? power
    return (meters >= 1_000 ? "\(Words.grouped(meters / 1_000)) km" : "\(Words.grouped(meters)) m", meters / widthMeters)
  }
}
