import Engine
import Reports
import SQLite

/// One value as a column holds it.
enum StoredValue: Equatable {
  case integer(Int64)
  case real(Double)
  case text([UInt8])
  case null

  var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }

  static func count(_ count: some BinaryInteger) -> StoredValue { .integer(Int64(clamping: count)) }
  static func flag(_ flag: Bool) -> StoredValue { .integer(flag ? 1 : 0) }
  static func time(_ time: Timestamp?) -> StoredValue { time.map { .integer($0.microseconds) } ?? .null }
  static func id(_ id: ClusterID?) -> StoredValue { id.map { .text(Array($0.description.utf8)) } ?? .null }
  static func state(isClosed: Bool) -> StoredValue { .text(Array((isClosed ? "closed" : "open").utf8)) }
  static func degrees(_ valueE7: Int32) -> StoredValue { .real(Double(valueE7) / 1e7) }

  /// A number as it is, infinity included; what is no number is NULL.
  static func number(_ number: Double) -> StoredValue { number.isNaN ? .null : .real(number) }

  /// Latitude, longitude.
  static func place(_ place: Coordinate?) -> [StoredValue] {
    guard let place else { return [.null, .null] }
    return [.degrees(place.latitudeE7), .degrees(place.longitudeE7)]
  }

  /// West, south, east, north.
  static func box(_ box: BoundingBox?) -> [StoredValue] {
    guard let box else { return [.null, .null, .null, .null] }
    return [.degrees(box.westE7), .degrees(box.southE7), .degrees(box.eastE7), .degrees(box.northE7)]
  }

  /// Observed, expected and the three recurrence intervals.
  static func significance(_ significance: Significance?) -> [StoredValue] {
    guard let significance else { return Array(repeating: .null, count: 5) }
    return [
      .count(significance.observed), .number(significance.expected), .number(significance.recurrenceIntervalDays),
      .number(significance.recurrenceIntervalLocalDays), .number(significance.recurrenceIntervalRobustDays),
    ]
  }
}

extension Statement {
  func bind(_ value: StoredValue, at parameter: Int32) throws(SQLiteError) {
    switch value {
    case .integer(let integer): try bind(integer, at: parameter)
    case .real(let real): try bind(real, at: parameter)
    case .text(let text): try bind(text: text, at: parameter)
    case .null: try bindNull(at: parameter)
    }
  }

  /// Binds values to the parameters from `parameter` on.
  func bind(_ values: [StoredValue], from parameter: Int32 = 1) throws(SQLiteError) {
    for (index, value) in values.enumerated() { try bind(value, at: parameter + Int32(index)) }
  }

  /// Binds an id's text; NULL for nil.
  func bind(_ id: ClusterID?, at parameter: Int32) throws(SQLiteError) {
    guard let id else { return try bindNull(at: parameter) }
    let text = id.utf8
    try bind(text: text.span, at: parameter)
  }

  /// Binds latitude, longitude; NULL for nil.
  func bind(_ place: Coordinate?, from parameter: Int32) throws(SQLiteError) {
    guard let place else {
      for offset in 0..<2 as Range<Int32> { try bindNull(at: parameter + offset) }
      return
    }
    try bind(Double(place.latitudeE7) / 1e7, at: parameter)
    try bind(Double(place.longitudeE7) / 1e7, at: parameter + 1)
  }

  /// Binds west, south, east, north.
  func bind(_ box: BoundingBox, from parameter: Int32) throws(SQLiteError) {
    try bind(Double(box.westE7) / 1e7, at: parameter)
    try bind(Double(box.southE7) / 1e7, at: parameter + 1)
    try bind(Double(box.eastE7) / 1e7, at: parameter + 2)
    try bind(Double(box.northE7) / 1e7, at: parameter + 3)
  }

  /// Binds observed, expected and the three recurrence intervals; what is no number becomes NULL, as does all of nil.
  func bind(_ significance: Significance?, from parameter: Int32) throws(SQLiteError) {
    guard let significance else {
      for offset in 0..<5 as Range<Int32> { try bindNull(at: parameter + offset) }
      return
    }
    try bind(Int64(clamping: significance.observed), at: parameter)
    try bind(significance.expected, at: parameter + 1)
    try bind(significance.recurrenceIntervalDays, at: parameter + 2)
    try bind(significance.recurrenceIntervalLocalDays, at: parameter + 3)
    try bind(significance.recurrenceIntervalRobustDays, at: parameter + 4)
  }

  /// Whether a column holds a value.
  func holds(_ value: StoredValue, _ column: Int32) -> Bool {
    switch value {
    case .integer(let integer): self.integer(column) == integer
    case .real(let real): double(column) == real
    case .text(let text): bytes(column) == text
    case .null: isNull(column)
    }
  }
}
