package import Reports

/// The values that queries share.
extension ParsedArguments {
  /// A time; see `Moment`.
  package func moment(_ flag: String, now: Timestamp) throws(ArgumentError) -> Timestamp? {
    try value(flag, expected: Moment.expected, advice: { Moment.advice($0, now: now) }) { Moment.timestamp($0, now: now) }
  }

  /// A length of time, in seconds; see `Period`.
  package func period(_ flag: String) throws(ArgumentError) -> Int64? {
    try value(flag, expected: Period.expected, advice: Period.advice, Period.seconds)
  }

  /// A distance, in metres; see `Distance`.
  package func distance(_ flag: String) throws(ArgumentError) -> Double? {
    try value(flag, expected: Distance.expected, advice: Distance.advice, Distance.meters)
  }

  /// A place.
  package func place(_ flag: String) throws(ArgumentError) -> Coordinate? {
    try value(flag, expected: Place.expected, advice: Place.advice, Place.coordinate)
  }

  /// A box of degrees.
  package func box(_ flag: String) throws(ArgumentError) -> BoundingBox? {
    try value(flag, expected: Place.expectedBox, advice: Place.boxAdvice, Place.box)
  }
}
