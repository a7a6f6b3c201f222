package import Configuration
import Decode
package import Engine
import Journal
package import Platform
import Reports

/// The alarms that a configuration would have raised, beside today's, without a store being written.
package struct Backtest: ~Copyable {
  package struct Result: Sendable {
    /// By the time of the alert.
    package var alerts: [BacktestAlert]
    package var newAlertCount: Int
    package var todayAlertCount: Int
    /// Of the new configuration; the other may have found other duplicates and late reports.
    package var ledger: Ledger
    /// From the first accepted report to the last, at least one.
    package var days: Double
    /// Whether the new configuration has not seen enough to alert in every profile.
    package var isLearning: Bool
  }

  private let newConfiguration: Configuration
  private let todayConfiguration: Configuration

  package init(new: Configuration, today: Configuration) {
    newConfiguration = new
    todayConfiguration = today
  }

  /// Whether the two read a file's events in the same way, so that one decoding serves both.
  package var readsAlike: Bool {
    newConfiguration.terms == todayConfiguration.terms && newConfiguration.time == todayConfiguration.time
  }

  /// Folds the events of a file, one a line.
  ///
  /// Reporters and identities are hashed with published keys: nothing that is hashed leaves the process.
  ///
  /// - Complexity: time of two replays; memory of two engines.
  package func run(
    _ input: inout LineReader, onProgress: (_ byteCount: UInt64, _ eventCount: UInt64) -> Void = { _, _ in }
  ) throws(ServiceError) -> Result {
    var new = BacktestRun(newConfiguration, identityKey: .published)
    var today = BacktestRun(todayConfiguration, identityKey: .published)
    let (newConfiguration, todayConfiguration) = (newConfiguration, todayConfiguration)
    var decoder = try ServiceError.wrapping {
      try Decoder(reporterKey: .published, configuration: newConfiguration)
    }
    var todayDecoder = try ServiceError.wrapping {
      try Decoder(reporterKey: .published, configuration: todayConfiguration)
    }
    let readsAlike = readsAlike
    var position: UInt64 = 0
    var batch = Self.batch(first: 1)
    var todayBatch = batch
    func isFull(_ batch: ReportBatch) -> Bool {
      batch.count >= Limits.defaultBatchEventCount || batch.arena.count >= Limits.defaultBatchByteCount
    }
    var isThere = true
    while isThere {
      isThere = try ServiceError.wrapping { try input.next() }
      if isThere {
        decoder.decodeLine(input.line.span, into: &batch)
        if !readsAlike { todayDecoder.decodeLine(input.line.span, into: &todayBatch) }
      }
      guard batch.count > 0, !isThere || isFull(batch) else { continue }
      new.apply(batch, at: position..<position + 1)
      today.apply(readsAlike ? batch : todayBatch, at: position..<position + 1)
      position += 1
      onProgress(input.offset, batch.lastSequence)
      batch = Self.batch(first: batch.firstSequence + UInt64(batch.count))
      todayBatch = batch
    }
    return Self.result(&new, &today)
  }

  private static func batch(first: UInt64) -> ReportBatch {
    ReportBatch(
      producer: Array("backtest".utf8), epoch: Epoch(high: 0, low: 0), firstSequence: first,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
  }

  /// Folds what a store's journal holds. The store is only read, whether a daemon writes it or not: no lock is taken, nothing is
  /// repaired, and what stands torn at the end is left out.
  ///
  /// - Throws: where there is no store, or its journal is damaged.
  package func run(
    storeDirectory: String, onProgress: (_ share: Double, _ eventCount: UInt64) -> Void = { _, _ in }
  ) throws(ServiceError) -> Result {
    let layout = StoreLayout(directory: storeDirectory)
    guard FileSystem.exists(layout.identity), FileSystem.exists(layout.journal) else {
      throw ServiceError("\(storeDirectory): holds no store; name the folder that `serve` or `replay` was given with --store")
    }
    let identity = try StoreIdentity(layout: layout)
    let storage = FileStorage(path: layout.journal)
    let scan = try ServiceError.wrapping { try Journal.check(storage, store: identity.journalID) }
    if let damage = scan.damages.first {
      throw ServiceError("\(damage); `tocsin doctor --store \(storeDirectory)` tells more")
    }
    var new = BacktestRun(newConfiguration, identityKey: identity.identityKey)
    var today = BacktestRun(todayConfiguration, identityKey: identity.identityKey)
    var reader = JournalReader(
      storage: storage, store: identity.journalID, from: scan.segments.first?.start ?? 0, limit: scan.end)
    let start = scan.segments.first?.start ?? 0
    var eventCount: UInt64 = 0
    while true {
      let next = try ServiceError.wrapping { try reader.next() }
      guard let (batch, range) = next else { break }
      eventCount += UInt64(batch.count)
      onProgress(Double(range.upperBound - start) / Double(scan.end - start), eventCount)
      new.apply(batch, at: range)
      today.apply(batch, at: range)
    }
    return Self.result(&new, &today)
  }

  private static func result(_ new: inout BacktestRun, _ today: inout BacktestRun) -> Result {
    new.drain()
    today.drain()
    let (newAlerts, todayAlerts) = (new.alerts, today.alerts)
    let microseconds = new.span.map { $0.upperBound.microseconds - $0.lowerBound.microseconds } ?? 0
    return Result(
      alerts: BacktestAlert.pair(new: newAlerts, today: todayAlerts), newAlertCount: newAlerts.count,
      todayAlertCount: todayAlerts.count, ledger: new.ledger, days: max(1, Double(microseconds) / 86_400e6),
      isLearning: new.isLearning)
  }
}
