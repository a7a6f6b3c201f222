package import Reports

/// The counts that must add up: received = accepted + duplicate + late + rejected.
package struct Ledger: BitwiseCopyable, Equatable, Sendable {
  package var received: UInt64 = 0
  package var accepted: UInt64 = 0
  package var duplicate: UInt64 = 0
  package var late: UInt64 = 0
  package var rejected: UInt64 = 0

  package init() {}

  package mutating func count(_ verdict: Verdict) {
    received += 1
    switch verdict {
    case .accepted: accepted += 1
    case .duplicateOfCursor, .duplicateOfIdentity: duplicate += 1
    case .late: late += 1
    case .rejected: rejected += 1
    }
  }
}

/// One source's counts. Events whose source could not be read stand under the empty name.
package struct SourceLedger: Equatable, Sendable {
  package var number: UInt32
  package var name: [UInt8]
  package var ledger: Ledger
  /// The latest event time that this source has given in a well-formed report.
  package var lastSeenAt: Timestamp?
  package var role = SourceRule.Role.public
  /// Of the accepted reports: cancellations, near duplicates, those at this source's most frequent exact coordinates, and first
  /// sights of keywords that its budget refused.
  package var cancelledCount: UInt64 = 0
  package var nearDuplicateCount: UInt64 = 0
  package var commonestPlaceCount: UInt64 = 0
  package var refusedKeywordCount: UInt64 = 0
  /// Of the duplicates: those whose sequence had come before, so that the same producer has sent them again.
  package var resentCount: UInt64 = 0

  package init(number: UInt32, name: [UInt8], ledger: Ledger = Ledger(), lastSeenAt: Timestamp? = nil) {
    self.number = number
    self.name = name
    self.ledger = ledger
    self.lastSeenAt = lastSeenAt
  }

  /// Counts an event; its time is nil where it was not read.
  mutating func count(_ verdict: Verdict, at time: Timestamp?) {
    ledger.count(verdict)
    if verdict == .duplicateOfCursor { resentCount += 1 }
    if let time { lastSeenAt = max(lastSeenAt ?? time, time) }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&number)
    try coder.code(&name)
    try coder.code(&ledger)
    try coder.code(&lastSeenAt)
    try coder.code(&cancelledCount)
    try coder.code(&nearDuplicateCount)
    try coder.code(&commonestPlaceCount)
    try coder.code(&refusedKeywordCount)
    try coder.code(&resentCount)
  }
}

/// One producer's counts and cursor: every sequence of `epoch` up to `throughSequence` is durable and judged.
package struct ProducerLedger: Equatable, Sendable {
  package var number: UInt32
  package var name: [UInt8]
  package var epoch: Epoch
  package var throughSequence: UInt64
  package var ledger: Ledger
  /// When the last batch was received, by the aggregator's clock.
  package var lastSeenAt: Timestamp
  /// The greatest sequence that it has said to have sent, received or not.
  package var announcedSequence: UInt64 = 0
  /// Sequences below the cursor that never came: a journal that was repaired has lost them.
  package var missingCount: UInt64 = 0
  /// How often it was asked to send again what had not come.
  package var rerequestCount: UInt64 = 0
  /// Of the duplicates: those whose sequence had come before.
  package var resentCount: UInt64 = 0

  /// Sequences that it has announced and that have not come: on their way, or lost with it.
  package var outstandingCount: UInt64 { announcedSequence > throughSequence ? announcedSequence - throughSequence : 0 }

  package init(
    number: UInt32, name: [UInt8], epoch: Epoch, throughSequence: UInt64 = 0, ledger: Ledger = Ledger(), lastSeenAt: Timestamp
  ) {
    self.number = number
    self.name = name
    self.epoch = epoch
    self.throughSequence = throughSequence
    self.ledger = ledger
    self.lastSeenAt = lastSeenAt
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&number)
    try coder.code(&name)
    try coder.code(&epoch)
    try coder.code(&throughSequence)
    try coder.code(&ledger)
    try coder.code(&lastSeenAt)
    try coder.code(&announcedSequence)
    try coder.code(&missingCount)
    try coder.code(&rerequestCount)
    try coder.code(&resentCount)
  }
}

extension SourceLedger {
  /// What a snapshot is read into.
  static var blank: Self { Self(number: 0, name: []) }
}

extension ProducerLedger {
  /// What a snapshot is read into.
  static var blank: Self {
    Self(number: 0, name: [], epoch: Epoch(high: 0, low: 0), lastSeenAt: Timestamp(microseconds: 0))
  }
}
