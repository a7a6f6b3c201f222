import Engine
import Reports
import SQLite

/// An incident of a silence's place, with what tells whether it is of its time.
struct SilenceCandidate {
  let id: ClusterID
  let openedAt: Timestamp
  let lastReportAt: Timestamp
  /// Whether no other incident explains it.
  let isListed: Bool
}

extension ArchiveReader {
  /// The incidents of a silence's place that were reported at some time between a time and its end, whatever they are about, in no order.
  ///
  /// - Complexity: O(incidents since then); where that is ever, of the area's band of latitude.
  func incidents(under silence: Silence, since: Timestamp) throws(SQLiteError) -> [SilenceCandidate] {
    let band = silence.area?.filter.band
    if silence.area != nil && band == nil { return [] }
    let place =
      band == nil
      ? ""
      : "AND latitude BETWEEN ?3 AND ?4 AND (longitude BETWEEN ?5 AND ?6 OR longitude BETWEEN ?7 AND ?8 OR abs(longitude) = 180)"
    let select = try connection.prepare(
      """
      SELECT id, opened_at, last_report_at, latitude, longitude, is_whole_area, explained_by
      FROM incident INDEXED BY \(since.microseconds == .min && band != nil ? "incident_by_place" : "incident_by_span")
      WHERE last_report_at >= ?1 AND opened_at < ?2 \(place)
      """)
    try select.bind([.time(since), .time(silence.endsAt)])
    if let band {
      let (first, second) = band.longitudes
      try select.bind(
        [band.south, band.north, first.lowerBound, first.upperBound, second.lowerBound, second.upperBound].map { .real($0) },
        from: 3)
    }
    var candidates: [SilenceCandidate] = []
    while try select.step() {
      let isSomewhere = !select.isNull(3) && select.integer(5) ?? 0 == 0
      let place = isSomewhere ? Coordinate(latitudeE7: select.degreesE7(3), longitudeE7: select.degreesE7(4)) : nil
      guard silence.holds(place), let id = ClusterID(select.text(0) ?? "") else {
        continue
      }
      candidates.append(
        SilenceCandidate(
          id: id, openedAt: select.timestamp(1), lastReportAt: select.timestamp(2), isListed: select.isNull(6)))
    }
    return candidates
  }
}
