import Engine
import Reports
import SQLite

/// Counts the columns of a row as they are read.
struct ColumnCursor {
  private var column: Int32

  init(from column: Int32 = 0) { self.column = column }

  mutating func next() -> Int32 {
    defer { column += 1 }
    return column
  }
}

/// Reading on: each takes as many columns as its value has.
extension Statement {
  func time(_ cursor: inout ColumnCursor) -> Timestamp { timestamp(cursor.next()) }

  func optionalTime(_ cursor: inout ColumnCursor) -> Timestamp? {
    let column = cursor.next()
    return isNull(column) ? nil : timestamp(column)
  }

  func count(_ cursor: inout ColumnCursor) -> UInt64 { count(cursor.next()) }

  /// A number; NULL stands for what was none.
  func number(_ cursor: inout ColumnCursor) -> Double { double(cursor.next()) ?? .nan }

  func flag(_ cursor: inout ColumnCursor) -> Bool { integer(cursor.next()) ?? 0 != 0 }

  func id(_ cursor: inout ColumnCursor) -> ClusterID? { ClusterID(text(cursor.next()) ?? "") }

  func isClosed(_ cursor: inout ColumnCursor) -> Bool { text(cursor.next()) == "closed" }

  /// Latitude, longitude; nil where the first is NULL.
  func place(_ cursor: inout ColumnCursor) -> Coordinate? {
    let (latitude, longitude) = (cursor.next(), cursor.next())
    return isNull(latitude) ? nil : Coordinate(latitudeE7: degreesE7(latitude), longitudeE7: degreesE7(longitude))
  }

  /// West, south, east, north; nil where the first is NULL.
  func box(_ cursor: inout ColumnCursor) -> BoundingBox? {
    let columns = [cursor.next(), cursor.next(), cursor.next(), cursor.next()]
    if isNull(columns[0]) { return nil }
    let values = columns.map { degreesE7($0) }
    return BoundingBox(westE7: values[0], southE7: values[1], eastE7: values[2], northE7: values[3])
  }

  /// Observed, expected and three recurrence intervals; nil where the first is NULL.
  func significance(_ cursor: inout ColumnCursor) -> Significance? {
    let observed = cursor.next()
    let significance = Significance(
      observed: count(observed), expected: number(&cursor), recurrenceIntervalDays: number(&cursor),
      recurrenceIntervalLocalDays: number(&cursor), recurrenceIntervalRobustDays: number(&cursor))
    return isNull(observed) ? nil : significance
  }

  /// The columns of `EpisodeTables.windowColumns`; nil where the first is NULL, as an outer join gives it.
  func window(_ cursor: inout ColumnCursor) -> WindowScore? {
    var probe = cursor
    if isNull(probe.next()) { return nil }
    return WindowScore(
      isWholeArea: flag(&cursor), box: box(&cursor) ?? BoundingBox(westE7: 0, southE7: 0, eastE7: 0, northE7: 0),
      sideMeters: number(&cursor), startsAt: time(&cursor), endsAt: time(&cursor), durationBins: Int(clamping: count(&cursor)),
      testedAt: time(&cursor), observed: count(&cursor), expected: number(&cursor), dispersion: number(&cursor),
      varianceRatio: number(&cursor), logTailProbability: number(&cursor), seriesCount: count(&cursor),
      familyCount: Int(clamping: count(&cursor)), ticksPerDay: number(&cursor), nominalRecurrenceIntervalDays: number(&cursor),
      isNovel: flag(&cursor))
  }
}
