import Reports

/// An episode as the engine keeps it: what is said of it, and what decides whether the next window belongs to it.
struct Episode: Recorded {
  var summary: EpisodeSummary
  private(set) var profile: Int
  var isWholeArea: Bool
  /// The best window: its scale, and its cell or block.
  var scale: Int
  var window: CellID
  /// The larger episode in which this one stands out; nil where it stands by itself.
  var enclosing: ClusterID?
  /// Side of the best window; infinity for the whole area.
  var sideMeters: Double
  /// The best window's place and time.
  var box: BoundingBox
  var startsAt: Timestamp
  var endsAt: Timestamp
  var nominalDays: Double
  /// The reports of all its windows.
  var sketch: Sketch
  var incident: Int
  /// Whether it has changed since it was drained, and since its last point of history.
  var awaitsDrain = true
  var awaitsRecord = true
  /// The mark of that point; zero before the first.
  var recordedMark: UInt64 = 0

  /// Whether most of another's best window lies in its own, in place and time, and tells of its keyword: then it holds most of its
  /// reports, whether the sketches can tell or not.
  func encloses(_ other: Episode) -> Bool {
    guard profile == other.profile, isWholeArea || !other.isWholeArea && box.sharedArea(other.box) >= 0.5 * other.box.area,
      summary.keyword == other.summary.keyword || summary.otherKeywords.contains(other.summary.keyword)
    else { return false }
    let shared = min(endsAt.microseconds, other.endsAt.microseconds) - max(startsAt.microseconds, other.startsAt.microseconds)
    return 2 * shared >= other.endsAt.microseconds - other.startsAt.microseconds
  }

  /// Whether its best window holds a bin that starts then, and shares ground with a box.
  func holds(_ start: Timestamp, _ other: BoundingBox) -> Bool {
    startsAt <= start && start < endsAt && (isWholeArea || box.sharedArea(other) > 0)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try summary.code(&coder)
    try coder.code(&profile)
    try coder.code(&isWholeArea)
    try coder.code(&scale)
    try coder.code(&window)
    try coder.code(&enclosing)
    try coder.code(&sideMeters)
    try coder.code(&box)
    try coder.code(&startsAt)
    try coder.code(&endsAt)
    try coder.code(&nominalDays)
    try sketch.code(&coder)
    try coder.code(&incident)
    try coder.code(&awaitsDrain)
    try coder.code(&awaitsRecord)
    try coder.code(&recordedMark)
  }
}

/// Episodes that an analyst sees as one.
struct Incident: Recorded {
  private(set) var id: ClusterID
  var episodes: [Int]
  private(set) var firstSeenAt: Timestamp
  private(set) var firstSignificance: Significance
  var alertedAt: Timestamp?
  var explainedBy: ClusterID?
  /// Whether it has changed since it was drained, and since its last point of history.
  var awaitsDrain = true
  var awaitsRecord = true
  /// The mark of that point; zero before the first.
  var recordedMark: UInt64 = 0

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&id)
    try coder.code(&episodes)
    try coder.code(&firstSeenAt)
    try coder.code(&firstSignificance)
    try coder.code(&alertedAt)
    try coder.code(&explainedBy)
    try coder.code(&awaitsDrain)
    try coder.code(&awaitsRecord)
    try coder.code(&recordedMark)
  }
}

extension BoundingBox {
  /// Width in 10⁻⁷ degrees, across the antimeridian where it lies so.
  var widthE7: Int64 {
    let width = Int64(eastE7) - Int64(westE7)
    return width < 0 ? width + 3_600_000_000 : width
  }

  var heightE7: Int64 { Int64(northE7) - Int64(southE7) }

  /// The area that two boxes share, in squares of 10⁻⁷ degrees.
  func sharedArea(_ other: BoundingBox) -> Double {
    let height = Int64(min(northE7, other.northE7)) - Int64(max(southE7, other.southE7))
    guard height > 0 else { return 0 }
    var width: Int64 = 0
    let whole: Int64 = 3_600_000_000
    for turns in Int64(-1)...1 {
      let turn = turns * whole
      let west = max(Int64(westE7), Int64(other.westE7) + turn)
      let east = min(Int64(westE7) + widthE7, Int64(other.westE7) + turn + other.widthE7)
      width += max(0, east - west)
    }
    return Double(height) * Double(width)
  }

  var area: Double { Double(heightE7) * Double(widthE7) }
}

extension Episode {
  /// What a snapshot is read into.
  static var blank: Self {
    let time = Timestamp(microseconds: 0)
    return Self(
      summary: .blank, profile: 0, isWholeArea: false, scale: 0, window: .nowhere, enclosing: nil, sideMeters: 0,
      box: .blank, startsAt: time, endsAt: time, nominalDays: 0, sketch: Sketch(), incident: 0)
  }
}

extension Incident {
  /// What a snapshot is read into.
  static var blank: Self {
    Self(
      id: ClusterID(rawValue: 0), episodes: [], firstSeenAt: Timestamp(microseconds: 0), firstSignificance: .blank)
  }
}
