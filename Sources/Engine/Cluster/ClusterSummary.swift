package import Reports

/// What is known of one cluster: a pure function of the admitted reports, whatever their order.
package struct ClusterSummary: Equatable, Sendable {
  package var id: ClusterID
  package var keyword: UInt32
  /// Times of its first and last report.
  package var openedAt: Timestamp
  package var lastReportAt: Timestamp
  /// True once the watermark has passed: nothing can be added any more.
  package var isClosed: Bool
  /// Mean place of its reports.
  package var centroid: Coordinate
  package var boundingBox: BoundingBox
  package var reportCount: UInt64
  /// Independent witnesses, each counted once a node (cell and bin), as detection counts them.
  package var witnessCount: UInt64
  package var sourceCount: UInt32
  /// Ascending by cell.
  package var cells: [CellCount]
  /// Its earliest reports with distinct texts, at most `Limits.sampleCount`, ascending by time.
  package var samples: [SampleReference]
  /// Reports whose text is nearly that of another in the same cell and bin.
  package var nearDuplicateCount: UInt64 = 0
  /// How unusual it is; nil while its baseline is still learning.
  package var significance: Significance?
  /// The episode below which it hangs; nil where no unusual window holds it.
  package var episode: ClusterID?

  package struct CellCount: BitwiseCopyable, Equatable, Sendable {
    package var cell: CellID
    package var reportCount: UInt64
    package var witnessCount: UInt64
    package init(cell: CellID, reportCount: UInt64, witnessCount: UInt64) {
      self.cell = cell
      self.reportCount = reportCount
      self.witnessCount = witnessCount
    }
  }

  /// Where a report stands in the journal: texts stay there until a summary asks for them.
  package struct SampleReference: BitwiseCopyable, Equatable, Sendable {
    package var time: Timestamp
    /// The position of the batch's record, and the row in it.
    package var position: UInt64
    package var row: UInt32
    /// Further reports of the same cell and bin with nearly the same text.
    package var nearDuplicateCount: UInt32 = 0
    package init(time: Timestamp, position: UInt64, row: UInt32) {
      self.time = time
      self.position = position
      self.row = row
    }
  }

  package init(
    id: ClusterID, keyword: UInt32, openedAt: Timestamp, lastReportAt: Timestamp, isClosed: Bool, centroid: Coordinate,
    boundingBox: BoundingBox, reportCount: UInt64, witnessCount: UInt64, sourceCount: UInt32, cells: [CellCount],
    samples: [SampleReference]
  ) {
    self.id = id
    self.keyword = keyword
    self.openedAt = openedAt
    self.lastReportAt = lastReportAt
    self.isClosed = isClosed
    self.centroid = centroid
    self.boundingBox = boundingBox
    self.reportCount = reportCount
    self.witnessCount = witnessCount
    self.sourceCount = sourceCount
    self.cells = cells
    self.samples = samples
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&id)
    try coder.code(&keyword)
    try coder.code(&openedAt)
    try coder.code(&lastReportAt)
    try coder.code(&isClosed)
    try coder.code(&centroid)
    try coder.code(&boundingBox)
    try coder.code(&reportCount)
    try coder.code(&witnessCount)
    try coder.code(&sourceCount)
    try coder.code(&cells)
    try coder.code(&samples)
    try coder.code(&nearDuplicateCount)
    try coder.code(&significance)
    try coder.code(&episode)
  }
}

extension ClusterSummary {
  /// What a snapshot is read into.
  static var blank: Self {
    let time = Timestamp(microseconds: 0)
    return Self(
      id: ClusterID(rawValue: 0), keyword: 0, openedAt: time, lastReportAt: time, isClosed: false,
      centroid: Coordinate(latitudeE7: 0, longitudeE7: 0), boundingBox: .blank, reportCount: 0, witnessCount: 0,
      sourceCount: 0, cells: [], samples: [])
  }
}

extension BoundingBox {
  /// What a snapshot is read into.
  static var blank: Self { Self(westE7: 0, southE7: 0, eastE7: 0, northE7: 0) }
}
