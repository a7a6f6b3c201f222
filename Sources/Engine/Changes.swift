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
  /// What was said at each tick of event time, in the order in which it was: additions to what was given out before.
  package var history: [HistoryPoint] = []
  /// Replaces what was said before of the same source and start.
  package var outages: [SourceOutage] = []
  package var calibrations: [CalibrationSummary] = []
  /// Refused events that are kept, ascending by number.
  package var refusals: [Refusal] = []
  /// Absolute values, ascending by number.
  package var retries: [Retry] = []
  /// How many events were refused so far, and the first of them that is still kept; nil while nothing was refused.
  package var quarantine: Quarantined?

  package init() {}

  /// A refused event: what it said stands in the journal.
  package struct Refusal: Equatable, Sendable {
    /// Counts the refused events from 1.
    package var number: UInt64
    package var rejection: Rejection
    /// Who sent it: a producer's number, and the sequence in its epoch.
    package var producer: UInt32
    package var sequence: UInt64
    package var receivedAt: Timestamp
    /// Where in the journal it stands: the position of its batch's record and the row.
    package var position: UInt64
    package var row: UInt32
    package init(
      number: UInt64, rejection: Rejection, producer: UInt32, sequence: UInt64, receivedAt: Timestamp, position: UInt64,
      row: UInt32
    ) {
      self.number = number
      self.rejection = rejection
      self.producer = producer
      self.sequence = sequence
      self.receivedAt = receivedAt
      self.position = position
      self.row = row
    }
  }

  /// What became of a refused event when it was sent again.
  package struct Retry: Equatable, Sendable {
    package var number: UInt64
    /// How often, and of the last time when and with what verdict.
    package var count: UInt64
    package var at: Timestamp
    package var verdict: Verdict
    package init(number: UInt64, count: UInt64, at: Timestamp, verdict: Verdict) {
      self.number = number
      self.count = count
      self.at = at
      self.verdict = verdict
    }
  }

  /// What the quarantine holds: the refused events from a number and a journal position on.
  package struct Quarantined: Equatable, Sendable {
    package var refusedCount: UInt64
    package var firstNumber: UInt64
    package var firstPosition: UInt64
    package init(refusedCount: UInt64, firstNumber: UInt64, firstPosition: UInt64) {
      self.refusedCount = refusedCount
      self.firstNumber = firstNumber
      self.firstPosition = firstPosition
    }
  }

  package struct Name: Equatable, Sendable {
    package var number: UInt32
    package var text: [UInt8]
    package init(number: UInt32, text: [UInt8]) {
      self.number = number
      self.text = text
    }
  }

  package struct Merge: BitwiseCopyable, Equatable, Sendable {
    package var absorbed: ClusterID
    package var into: ClusterID
    package init(absorbed: ClusterID, into: ClusterID) {
      self.absorbed = absorbed
      self.into = into
    }
  }

  /// An increment of the hourly counts of one keyword in one cell.
  package struct Rollup: BitwiseCopyable, Equatable, Sendable {
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
