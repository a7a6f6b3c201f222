import Engine
import Reports
import SQLite

/// Reads silences with their areas.
enum SilenceTable {
  /// Ascending by number. One whose area cannot be read hides nothing and is left out.
  ///
  /// - Parameter time: reads what had been said by then; nil for now. Of a silence that had ended and was undone later the audit does not
  ///   keep where it had ended: that is taken for the time of the act.
  static func read(asOf time: Timestamp? = nil, on connection: borrowing Connection) throws(SQLiteError) -> [Silence] {
    let select = try connection.prepare(
      """
      SELECT s.number, s.keyword, s.shape, s.west, s.south, s.east, s.north, s.latitude, s.longitude, s.radius_meters, s.starts_at,
        s.ends_at, s.idle, s.reason, b.analyst, b.at,
        CASE WHEN ?1 IS NULL OR e.number = s.ended_act THEN s.ended_at ELSE e.at END, e.analyst
      FROM silence AS s LEFT JOIN act AS b ON b.number = s.act LEFT JOIN act AS e ON e.number = (
        SELECT max(a.number) FROM act AS a WHERE a.id = CAST(s.number AS TEXT) AND a.verb IN ('end-silence', 'lapse-silence')
          AND (?1 IS NULL OR a.at <= ?1))
      WHERE ?1 IS NULL OR b.at IS NULL OR b.at <= ?1 ORDER BY s.number
      """)
    try select.bind(time?.microseconds, at: 1)
    let corners = try connection.prepare(
      "SELECT ring, latitude, longitude FROM silence_corner WHERE silence = ?1 ORDER BY ring, number")
    var silences: [Silence] = []
    while try select.step() {
      var silence = Silence(
        startsAt: select.timestamp(10), endsAt: select.timestamp(11), idleMicroseconds: select.integer(12) ?? 0,
        reason: select.text(13) ?? "")
      silence.number = select.count(0)
      silence.keywordWords = (select.text(1) ?? "").split(separator: " ").map(String.init)
      silence.begunBy = select.text(14) ?? ""
      silence.begunAt = select.timestamp(15)
      silence.endedAt = select.isNull(16) ? nil : select.timestamp(16)
      silence.endedBy = select.text(17)
      switch select.text(2) {
      case "polygon":
        try corners.bind(bitPattern: silence.number, at: 1)
        guard let rings = try rings(corners) else { continue }
        silence.area = .polygon(rings)
      case "box":
        silence.area = .box(
          BoundingBox(
            westE7: select.degreesE7(3), southE7: select.degreesE7(4), eastE7: select.degreesE7(5), northE7: select.degreesE7(6)))
      case "circle":
        let center = Coordinate(latitudeE7: select.degreesE7(7), longitudeE7: select.degreesE7(8))
        silence.area = .circle(ClusterFilter.Near(center: center, radiusMeters: select.double(9) ?? 0))
      default: break
      }
      silences.append(silence)
    }
    return silences
  }

  private static func rings(_ corners: borrowing Statement) throws(SQLiteError) -> [AreaRing]? {
    var groups: [[Coordinate]] = []
    var ring: Int64?
    while try corners.step() {
      if corners.integer(0) != ring {
        ring = corners.integer(0)
        groups.append([])
      }
      groups[groups.count - 1].append(Coordinate(latitudeE7: corners.degreesE7(1), longitudeE7: corners.degreesE7(2)))
    }
    corners.reset()
    var rings: [AreaRing] = []
    for group in groups {
      do throws(AreaRing.Flaw) { rings.append(try AreaRing(group)) } catch { return nil }
    }
    return rings.isEmpty ? nil : rings
  }
}
