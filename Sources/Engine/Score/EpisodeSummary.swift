package import Reports

/// A stretch of time in which windows of one keyword that overlap in place were unusual.
package struct EpisodeSummary: Equatable, Sendable {
  package var id: ClusterID
  /// The incident that it belongs to now.
  package var incident: ClusterID
  package var keyword: UInt32
  /// Further keywords whose windows hold mostly the same reports; ascending.
  package var otherKeywords: [UInt32] = []
  package var isClosed: Bool
  /// Event times of the ticks at which a window of it was first and last unusual.
  package var firstSeenAt: Timestamp
  package var lastSeenAt: Timestamp
  /// First and last report in its windows.
  package var openedAt: Timestamp
  package var lastReportAt: Timestamp
  /// Mean place of the reports of its best window, and the smallest box; nil where none has a place.
  package var centroid: Coordinate?
  package var boundingBox: BoundingBox?
  package var reportCount: UInt64
  package var witnessCount: UInt64
  package var sourceCount: UInt32
  /// Reports whose text is nearly that of another in the same cell and bin.
  package var nearDuplicateCount: UInt64
  /// Of these reports, those that stand at the very same coordinates as another: a default geocode where most do.
  package var identicalPlaceCount: UInt64
  /// Of the best window: the one with the longest recurrence interval.
  package var significance: Significance
  /// When it was first seen.
  package var firstSignificance: Significance
  /// Event time at which it was alerted, once; nil where it never was.
  package var alertedAt: Timestamp?
  package var baseline: Baseline
  /// The best windows, best first; at most `Limits.episodeWindowCount`. `windowCount` counts all that fired.
  package var windows: [WindowScore]
  package var windowCount: UInt64
  /// The best window by cell (ascending) and by bin (ascending).
  package var cells: [CellScore]
  package var bins: [BinScore]
  package var samples: [ClusterSummary.SampleReference]

  /// What the expectation rests on.
  package struct Baseline: BitwiseCopyable, Equatable, Sendable {
    /// Mean reports a day in the best window, before season.
    package var perDay: Double
    /// Covered days that it has seen, counted from the source's beginning, without the guard band.
    package var coveredDays: Double
    /// Share of the expectation that stems from the prior (keyword share × place share), 0…1.
    package var priorShare: Double
    /// What the season makes of the mean in the best window.
    package var seasonFactor: Double
    /// Days that are left out between the baseline and the window.
    package var guardDays: Double
    package init(
      perDay: Double, coveredDays: Double, priorShare: Double, seasonFactor: Double, guardDays: Double
    ) {
      self.perDay = perDay
      self.coveredDays = coveredDays
      self.priorShare = priorShare
      self.seasonFactor = seasonFactor
      self.guardDays = guardDays
    }
  }

  package struct CellScore: BitwiseCopyable, Equatable, Sendable {
    package var cell: CellID
    package var box: BoundingBox
    package var observed: UInt64
    package var expected: Double
    package init(cell: CellID, box: BoundingBox, observed: UInt64, expected: Double) {
      self.cell = cell
      self.box = box
      self.observed = observed
      self.expected = expected
    }
  }

  package struct BinScore: BitwiseCopyable, Equatable, Sendable {
    package var startsAt: Timestamp
    package var observed: UInt64
    package var expected: Double
    package init(startsAt: Timestamp, observed: UInt64, expected: Double) {
      self.startsAt = startsAt
      self.observed = observed
      self.expected = expected
    }
  }

  package init(
    id: ClusterID, incident: ClusterID, keyword: UInt32, isClosed: Bool, firstSeenAt: Timestamp, lastSeenAt: Timestamp,
    openedAt: Timestamp, lastReportAt: Timestamp, centroid: Coordinate?, boundingBox: BoundingBox?, reportCount: UInt64,
    witnessCount: UInt64, sourceCount: UInt32, nearDuplicateCount: UInt64, identicalPlaceCount: UInt64,
    significance: Significance, firstSignificance: Significance, alertedAt: Timestamp?, baseline: Baseline,
    windows: [WindowScore], windowCount: UInt64, cells: [CellScore], bins: [BinScore],
    samples: [ClusterSummary.SampleReference]
  ) {
    self.id = id
    self.incident = incident
    self.keyword = keyword
    self.isClosed = isClosed
    self.firstSeenAt = firstSeenAt
    self.lastSeenAt = lastSeenAt
    self.openedAt = openedAt
    self.lastReportAt = lastReportAt
    self.centroid = centroid
    self.boundingBox = boundingBox
    self.reportCount = reportCount
    self.witnessCount = witnessCount
    self.sourceCount = sourceCount
    self.nearDuplicateCount = nearDuplicateCount
    self.identicalPlaceCount = identicalPlaceCount
    self.significance = significance
    self.firstSignificance = firstSignificance
    self.alertedAt = alertedAt
    self.baseline = baseline
    self.windows = windows
    self.windowCount = windowCount
    self.cells = cells
    self.bins = bins
    self.samples = samples
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&id)
    try coder.code(&incident)
    try coder.code(&keyword)
    try coder.code(&otherKeywords)
    try coder.code(&isClosed)
    try coder.code(&firstSeenAt)
    try coder.code(&lastSeenAt)
    try coder.code(&openedAt)
    try coder.code(&lastReportAt)
    try coder.code(&centroid)
    try coder.code(&boundingBox)
    try coder.code(&reportCount)
    try coder.code(&witnessCount)
    try coder.code(&sourceCount)
    try coder.code(&nearDuplicateCount)
    try coder.code(&identicalPlaceCount)
    try coder.code(&significance)
    try coder.code(&firstSignificance)
    try coder.code(&alertedAt)
    try coder.code(&baseline)
    try coder.code(&windows, new: .blank) { (one, coder) throws(StateError) in try one.code(&coder) }
    try coder.code(&windowCount)
    try coder.code(&cells)
    try coder.code(&bins)
    try coder.code(&samples)
  }
}

extension EpisodeSummary {
  /// What a snapshot is read into.
  static var blank: Self {
    let id = ClusterID(rawValue: 0)
    let time = Timestamp(microseconds: 0)
    return Self(
      id: id, incident: id, keyword: 0, isClosed: false, firstSeenAt: time, lastSeenAt: time, openedAt: time,
      lastReportAt: time, centroid: nil, boundingBox: nil, reportCount: 0, witnessCount: 0, sourceCount: 0,
      nearDuplicateCount: 0, identicalPlaceCount: 0, significance: .blank, firstSignificance: .blank, alertedAt: nil,
      baseline: Baseline(perDay: 0, coveredDays: 0, priorShare: 0, seasonFactor: 0, guardDays: 0), windows: [],
      windowCount: 0, cells: [], bins: [], samples: [])
  }
}
