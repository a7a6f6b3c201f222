package import Reports

/// What has changed in the engine since it was last asked: absolute values for summaries and ledgers, increments for roll-ups.
///
/// Applied in order, each once, these build the store; `throughPosition` goes into the same transaction.
package struct Changes: Equatable, Sendable {
  /// The journal position after the last batch that is included.
  package var throughPosition: UInt64 = 0
  /// Every later report before this time is late; nil until the first report.
  package var watermark: Timestamp?
  /// Interned names, ascending by number; numbers are dense and never change.
  package var keywords: [Name] = []
  package var sources: [SourceLedger] = []
  package var producers: [ProducerLedger] = []
  package var clusters: [ClusterSummary] = []
  /// Ids that ceased to exist, each with the one that holds its reports now; in the order in which it happened.
  package var merges: [Merge] = []
  package var rollups: [Rollup] = []
  /// Absolute values, each replacing what was said before under the same id.
  package var episodes: [EpisodeSummary] = []
  package var incidents: [IncidentSummary] = []
  /// Incidents that were joined, each with the one that holds its episodes now; in the order in which it happened.
  package var incidentMerges: [Merge] = []
  /// Replaces what was said before of the same source and start.
  package var outages: [SourceOutage] = []
  package var calibrations: [CalibrationSummary] = []

  package init() {}

  package struct Name: Equatable, Sendable {
    package var number: UInt32
    package var text: [UInt8]
    package init(number: UInt32, text: [UInt8]) {
      self.number = number
      self.text = text
    }
  }

  package struct Merge: Equatable, Sendable {
    package var absorbed: ClusterID
    package var into: ClusterID
    package init(absorbed: ClusterID, into: ClusterID) {
      self.absorbed = absorbed
      self.into = into
    }
  }

  /// An increment of the hourly counts of one keyword in one cell.
  package struct Rollup: Equatable, Sendable {
    package var keyword: UInt32
    package var cell: CellID
    /// Hours since the epoch.
    package var hour: Int32
    package var reportCount: UInt32
    package var witnessCount: UInt32
    package init(keyword: UInt32, cell: CellID, hour: Int32, reportCount: UInt32, witnessCount: UInt32) {
      self.keyword = keyword
      self.cell = cell
      self.hour = hour
      self.reportCount = reportCount
      self.witnessCount = witnessCount
    }
  }
}
