import Archive
import Arguments
import JSON
import Platform
import Reports

/// Where a silence holds, as its flags say.
enum SilenceAreaFlags {
  static let all = [
    Flag("polygon", "CORNERS", "In this polygon: \"LAT,LON LAT,LON LAT,LON\", also across the 180° meridian and round a pole"),
    Flag("geojson", "FILE", "In the polygons of a GeoJSON file"),
    Flag("near", "LAT,LON", "Around this place; see --within"),
    Flag("within", "DISTANCE", "How far around, such as 800m, 2km or 1mi; default 1km"),
    Flag("bbox", "W,S,E,N", "In this box of degrees"),
  ]
  private static let names = ["polygon", "geojson", "near", "bbox"]

  /// Nil where no flag says where.
  static func area(_ arguments: ParsedArguments) throws -> SilenceArea? {
    let given = names.filter { arguments.has($0) }
    guard given.count < 2 else { throw ArgumentError("--\(given[1]): says where, and so does --\(given[0]); give one of them") }
    let radius = try arguments.distance("within")
    if radius != nil, given != ["near"] { throw ArgumentError("--within: says how near, but --near does not say what") }
    switch given.first {
    case "polygon":
      let text = arguments.string("polygon") ?? ""
      if text.split(separator: " ").contains(where: { Place.looksSwapped(String($0)) }) {
        throw ArgumentError("--polygon: expected \(Place.expectedPolygon); is the longitude first?")
      }
      let corners = try arguments.value("polygon", expected: Place.expectedPolygon, Place.corners) ?? []
      return try polygon([corners], "--polygon")
    case "geojson":
      let path = arguments.string("geojson") ?? ""
      return try polygon(try rings(path), "--geojson \(path)")
    case "near":
      let text = arguments.string("near") ?? ""
      if Place.looksSwapped(text) {
        throw ArgumentError("--near: expected \(Place.expected), found \"\(text)\"; is the longitude first?")
      }
      return try arguments.place("near").map {
        .circle(ClusterFilter.Near(center: $0, radiusMeters: radius ?? 1_000))
      }
    default: return try arguments.box("bbox").map { .box($0) }
    }
  }

  private static func polygon(_ rings: [[Coordinate]], _ flag: String) throws(ArgumentError) -> SilenceArea {
    let count = rings.reduce(0) { $0 + $1.count }
    guard count <= ActLimits.cornerCount else {
      throw ArgumentError("\(flag): has \(count) corners, of at most \(ActLimits.cornerCount); simplify it")
    }
    var made: [AreaRing] = []
    for ring in rings {
      do throws(AreaRing.Flaw) {
        made.append(try AreaRing(ring))
      } catch {
        throw ArgumentError("\(flag): \(says(error))")
      }
    }
    guard !made.isEmpty else { throw ArgumentError("\(flag): holds no polygon") }
    return .polygon(made)
  }

  private static func says(_ flaw: AreaRing.Flaw) -> String {
    func place(_ place: Coordinate) -> String { "\(place.latitude),\(place.longitude)" }
    return switch flaw {
    case .flat: "the corners lie on one line; an area needs three that do not"
    case .halfTurn(let from, let to):
      "\(place(from)) and \(place(to)) lie 180° apart, so that either way round is as short; add a corner between them"
    case .equator: "goes round the Earth with as much to the north as to the south; say which half with --bbox"
    }
  }

  // MARK: GeoJSON

  private static func rings(_ path: String) throws -> [[Coordinate]] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try File(path, .read).readAll(limit: 1 << 20)
    } catch {
      throw ArgumentError("--geojson: \(error)")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes, byteLimit: 1 << 20)
    } catch {
      throw ArgumentError("--geojson \(path): \(error)")
    }
    guard let rings = rings(value, depth: 0) else {
      throw ArgumentError(
        "--geojson \(path): expected Polygon or MultiPolygon with [longitude, latitude] in degrees, also in features (RFC 7946)")
    }
    return rings
  }

  /// Nil where something is no polygon.
  private static func rings(_ value: JSONValue, depth: Int) -> [[Coordinate]]? {
    func all(_ name: String) -> [[Coordinate]]? {
      var found: [[Coordinate]] = []
      for part in value[name]?.array ?? [] {
        guard depth < 8, let rings = rings(part, depth: depth + 1) else { return nil }
        found += rings
      }
      return found
    }
    switch value["type"]?.string {
    case "FeatureCollection": return all("features")
    case "GeometryCollection": return all("geometries")
    case "Feature": return value["geometry"].flatMap { depth < 8 ? rings($0, depth: depth + 1) : nil }
    case "Polygon": return polygon(value["coordinates"])
    case "MultiPolygon":
      var found: [[Coordinate]] = []
      for part in value["coordinates"]?.array ?? [] {
        guard let rings = polygon(part) else { return nil }
        found += rings
      }
      return found
    default: return nil
    }
  }

  private static func polygon(_ value: JSONValue?) -> [[Coordinate]]? {
    guard let rings = value?.array else { return nil }
    var found: [[Coordinate]] = []
    for ring in rings {
      var corners: [Coordinate] = []
      for position in ring.array ?? [] {
        guard let numbers = position.array, numbers.count >= 2, let longitude = numbers[0].double,
          let latitude = numbers[1].double,
          let corner = Coordinate(latitude: latitude, longitude: longitude)
        else { return nil }
        corners.append(corner)
      }
      found.append(corners)
    }
    return found
  }
}
