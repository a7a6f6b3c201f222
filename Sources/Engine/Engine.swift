package import Reports

/// The mind of Tocsin: told batches in the journal's order, it judges every event and keeps the clusters.
///
/// A value without I/O, clock or threads. The same batches and settings give the same verdicts and changes, however the
/// events were cut into batches.
package struct Engine: ~Copyable, Sendable {
  private static let minute: Int64 = 60_000_000

  package let settings: EngineSettings
  /// The journal position after the last batch that was applied.
  package private(set) var position: UInt64 = 0
  /// The position up to which changes have been given out: a store that holds less cannot go on from this engine.
  package private(set) var drainedPosition: UInt64 = 0
  /// Reports before this time are late; nil until the first is admitted.
  package var watermark: Timestamp? { clock.watermark }

  private var clock: EventClock
  private var identities: IdentityTable
  var keywords: KeywordTable
  private var terms: TermWeights
  private var sources: Interner
  private var sourceLedgers: [SourceLedger] = []
  private var isSourceDirty: [Bool] = []
  private var sourceStates: [SourceState] = []
  private var dirtySources: [UInt32] = []
  private var producers = ProducerTable()
  private var quarantine: Quarantine
  var scopes: FixedList<Scope>
  /// The profile of each keyword.
  private var scopeOfKeyword: [UInt8] = []
  private var watch = SourceWatch()
  private var episodes: EpisodeIndex
  private var keywordsRefusedCount: UInt64 = 0
  /// The source of the row before; the empty name's at first.
  private var lastSource: UInt32 = 0
  /// Up to this time nobody's tick is due: ticks are at whole minutes, and this is the end of the newest time's.
  private var minuteEnd = Int64.min
  /// The keywords of the batch that is being judged that were known before it; `.max` for others.
  private var batchKeywords: [UInt32] = []
  /// Its hashes, where nobody else has taken them.
  private var ownHashes = RowHashes()

  package init(settings: EngineSettings) {
    self.settings = settings
    precondition(!settings.profiles.isEmpty && settings.profiles.count <= 255, "the configuration checks the profiles")
    clock = EventClock(settings: settings)
    identities = IdentityTable(
      windowMicroseconds: Int64(settings.deduplicationWindowHours) * 3_600_000_000,
      capacity: settings.deduplicationEntryCount)
    quarantine = Quarantine(eventLimit: settings.quarantineEventCount, byteLimit: settings.quarantineByteCount)
    keywords = KeywordTable(key: settings.identityKey)
    terms = TermWeights(key: settings.identityKey)
    sources = Interner(key: settings.identityKey, capacity: Limits.distinctSourceCount + 1)
    scopes = FixedList(count: settings.profiles.count) { Scope(number: $0, settings: settings) }
    episodes = EpisodeIndex(settings: settings)
    // The first place is the empty name's: events whose source could not be read.
    let unreadable: [UInt8] = []
    _ = addSource(unreadable.span)
  }

  /// Judges a batch and takes in what is new.
  ///
  /// - Parameters:
  ///   - batch: Rows in the order of their sequences.
  ///   - range: The positions of the batch's record in the journal.
  /// - Returns: A verdict a row.
  /// - Complexity: O(1) expected a row and keyword.
  package mutating func apply(_ batch: ReportBatch, at range: Range<UInt64>) -> [Verdict] {
    var verdicts: [Verdict] = []
    apply(batch, at: range, into: &verdicts)
    return verdicts
  }

  /// The same, with the verdicts in the place of others.
  package mutating func apply(_ batch: ReportBatch, at range: Range<UInt64>, into verdicts: inout [Verdict]) {
    var hashes = RowHashes()
    swap(&hashes, &ownHashes)
    hashes.take(batch, key: settings.identityKey, isAhead: false)
    apply(batch, hashes, at: range, into: &verdicts)
    swap(&hashes, &ownHashes)
  }

  /// The same, where somebody else has taken the batch's hashes, under the key of `settings`.
  package mutating func apply(
    _ batch: ReportBatch, _ hashes: RowHashes, at range: Range<UInt64>, into verdicts: inout [Verdict]
  ) {
    precondition(hashes.count == batch.count, "the hashes are the batch's")
    precondition(range.lowerBound >= position, "batches come in the journal's order, each once")
    let producer = producers.number(of: batch)
    let isRetry = batch.producer == Quarantine.producerName
    verdicts.removeAll(keepingCapacity: true)
    verdicts.reserveCapacity(batch.count)
    identities.warm(hashes.identityLows)
    expect(batch)
    let cursor = producers.cursor(producer)
    for row in 0..<batch.count {
      let source = internSource(of: batch, row)
      let verdict = judge(batch, row, hashes, source: source, cursor: cursor, position: range.lowerBound)
      verdicts.append(verdict)
      count(verdict, source: source ?? 0, time: batch.rejections[row] == 0 ? batch.times[row] : nil)
      if isRetry || verdict.isRejection { quarantineIfDue(batch, row, verdict, producer: producer, position: range.lowerBound) }
    }
    producers.count(verdicts, producer)
    producers.advance(producer, past: batch)
    position = range.upperBound
  }

  /// Finds the keywords of a batch that are known, and has read what its reports will touch.
  private mutating func expect(_ batch: ReportBatch) {
    batchKeywords.removeAll(keepingCapacity: true)
    for _ in batch.keywords.indices { batchKeywords.append(.max) }
    for row in 0..<batch.count where batch.rejections[row] == 0 && !batch.flags[row].contains(.termsFromText) {
      let place = batch.place(row)
      // As most often: this is only to be read ahead.
      let witness = batch.reporters[row] == 0 ? nil : batch.reporters[row]
      for index in batch.keywordRange(row) {
        guard let keyword = keywords.recall(batch.arena.span.extracting(batch.keywords[index].range)) else { continue }
        batchKeywords[index] = keyword
        scopes[Int(scopeOfKeyword[Int(keyword)])].expect(batch.times[row], place, keyword: keyword, witness: witness)
      }
    }
    for number in scopes.indices { scopes[number].warm() }
  }

  /// Keeps a refused event, or takes note of what became of one that was sent again.
  private mutating func quarantineIfDue(
    _ batch: ReportBatch, _ row: Int, _ verdict: Verdict, producer: Int, position: UInt64
  ) {
    let isKnown = batch.sources[row].length > 0 && batch.ids[row].length > 0
    let identity = isKnown ? Self.identity(of: batch, row, key: settings.identityKey).low : nil
    if batch.producer == Quarantine.producerName, let identity,
      quarantine.note(verdict, of: identity, at: batch.receivedAt)
    {
      return
    }
    guard case .rejected(let rejection) = verdict else { return }
    quarantine.keep(
      rejection, of: batch, row, producer: UInt32(producer), position: position, identity: identity)
  }

  // MARK: Judging

  private mutating func judge(
    _ batch: ReportBatch, _ row: Int, _ hashes: RowHashes, source: UInt32?, cursor: UInt64, position: UInt64
  ) -> Verdict {
    if batch.firstSequence &+ UInt64(row) <= cursor { return .duplicateOfCursor }
    if let rejection = Rejection(rawValue: batch.rejections[row]) { return .rejected(rejection) }
    guard let source else { return .rejected(.tooManySources) }
    let identity = (high: hashes.identityHighs[row], low: hashes.identityLows[row])
    let digest = hashes.digests[row]
    switch identities.sight(high: identity.high, low: identity.low, digest: digest) {
    case .same:
      if settings.deduplicationWindow == .sliding {
        identities.renew(high: identity.high, low: identity.low, digest: digest, at: Timestamp(microseconds: clock.newest))
      }
      return .duplicateOfIdentity
    case .conflicting: return .rejected(.conflict)
    case .first: break
    }
    let time = batch.times[row]
    if let watermark, time < watermark {
      guard clock.isSetBack(by: time.microseconds, source: source) else { return .late }
      minuteEnd = .min
      watch = SourceWatch()
      terms.restart()
      episodes.history.restart()
      for number in scopes.indices { scopes[number].restart() }
      if let watermark = clock.watermark, time < watermark { return .late }
    }
    pass(to: time, source: source)
    identities.insert(high: identity.high, low: identity.low, digest: digest, at: Timestamp(microseconds: clock.newest))
    watch.hear(source, at: time.microseconds)
    if batch.flags[row].contains(.cancellation) {
      // Counted and shown, not subtracted: what people said they saw, they saw.
      sourceLedgers[Int(source)].cancelledCount += 1
    } else {
      admit(batch, row, hashes, source: source, position: position)
    }
    return .accepted
  }

  /// Lets event time come to a report: first what is due before it, then what its time lets go.
  private mutating func pass(to time: Timestamp, source: UInt32) {
    let isBelieved = clock.believes(time.microseconds, source: source)
    if isBelieved, time.microseconds >= minuteEnd {
      for number in scopes.indices {
        scopes[number].advance(from: clock.newest, to: time.microseconds, &episodes, names: keywords)
      }
    }
    let before = clock.watermark
    clock.observe(time.microseconds, source: source, isBelieved: isBelieved)
    if clock.newest >= minuteEnd {
      minuteEnd = (Timestamp(microseconds: clock.newest).bin(ofMicroseconds: Self.minute) + 1) * Self.minute
    }
    guard let watermark = clock.watermark, watermark != before else { return }
    watch.settle(watermark: watermark)
    let now = Timestamp(microseconds: clock.newest)
    for number in scopes.indices {
      scopes[number].settle(watermark: watermark, watch, now: now, &episodes, names: keywords)
    }
  }

  /// Takes an accepted report into the index, once under each of its keywords.
  private mutating func admit(_ batch: ReportBatch, _ row: Int, _ hashes: RowHashes, source: UInt32, position: UInt64) {
    let place = batch.place(row)
    let text = hashes.text(of: batch, row, key: settings.identityKey)
    if text.simHash != 0, sourceStates[Int(source)].isNearDuplicate(text.simHash) {
      sourceLedgers[Int(source)].nearDuplicateCount += 1
    }
    if let place { sourceLedgers[Int(source)].commonestPlaceCount = sourceStates[Int(source)].count(place) }
    let keywordRange = batch.keywordRange(row)
    guard !keywordRange.isEmpty else { return }
    let identity = hashes.publishedIdentity(of: batch, row)
    let sample =
      text.hash == 0
      ? nil
      : EvidencePool.Sample(
        time: batch.times[row], textHash: text.hash, identityHash: identity, position: position, row: UInt32(row))
    let sighting = ClusterIndex.Sighting(
      time: batch.times[row], place: place, source: source,
      witness: Self.witness(of: batch, row, rule: sourceStates[Int(source)].rule, key: settings.identityKey),
      sample: sample,
      mark: EvidencePool.Mark(
        identity: UInt32(truncatingIfNeeded: identity), place: place?.mark ?? 0, text: text.simHash))
    guard batch.flags[row].contains(.termsFromText) else {
      for index in keywordRange { count(sighting, batch, keyword: index) }
      return
    }
    for index in terms.choose(keywordRange, of: batch, at: batch.times[row], limit: settings.termsPerText) {
      count(sighting, batch, keyword: index)
    }
  }

  private mutating func count(_ sighting: ClusterIndex.Sighting, _ batch: ReportBatch, keyword index: Int) {
    let form = batch.arena.span.extracting(batch.keywords[index].range)
    let key = batch.arena.span.extracting(batch.keywordKeys[index].range)
    let known = batchKeywords[index]
    guard let keyword = known != .max ? known : keywords.find(form) ?? addKeyword(form, key, sighting) else {
      keywordsRefusedCount += 1
      sourceLedgers[Int(sighting.source)].refusedKeywordCount += 1
      return
    }
    scopes[Int(scopeOfKeyword[Int(keyword)])].add(sighting, keyword: keyword, name: keywords.key(keyword))
  }

  /// Adds a form that is new, if need be under a new keyword; nil where the source has used up its budget of these for the day.
  private mutating func addKeyword(_ form: Span<UInt8>, _ key: Span<UInt8>, _ sighting: ClusterIndex.Sighting) -> UInt32? {
    if keywords.find(key: key) == nil {
      let limit = settings.newKeywordsPerSourceDay
      guard sourceStates[Int(sighting.source)].mayAddKeyword(at: sighting.time, limit: limit) else { return nil }
    }
    guard let keyword = keywords.insert(form, key: key) else { return nil }
    if Int(keyword) == scopeOfKeyword.count { scopeOfKeyword.append(settings.profile(of: keywords.form(keyword))) }
    return keyword
  }

  // MARK: Ledgers

  private mutating func internSource(of batch: ReportBatch, _ row: Int) -> UInt32? {
    let name = batch.arena.span.extracting(batch.sources[row].range)
    // Most events come from the source of the one before.
    if sources.holds(lastSource, name) { return lastSource }
    let source = addSource(name)
    if let source { lastSource = source }
    return source
  }

  private mutating func addSource(_ name: Span<UInt8>) -> UInt32? {
    let number = sources.intern(name)
    if let number, Int(number) == sourceLedgers.count {
      let rule = settings.rule(of: sources.name(number))
      sourceStates.append(SourceState(rule: rule))
      var ledger = SourceLedger(number: number, name: Array(sources.name(number)))
      ledger.role = rule.role
      sourceLedgers.append(ledger)
      isSourceDirty.append(false)
    }
    return number
  }

  private mutating func count(_ verdict: Verdict, source: UInt32, time: Timestamp?) {
    sourceLedgers[Int(source)].count(verdict, at: time)
    if !isSourceDirty[Int(source)] {
      isSourceDirty[Int(source)] = true
      dirtySources.append(source)
    }
  }

  // MARK: Asking

  /// Every producer and epoch with its cursor: what a WELCOME's resumeAfter is made of.
  package var producerLedgers: [ProducerLedger] { producers.ledgers }

  /// What the tables hold now.
  package var census: Census {
    Census(
      liveNodeCount: scopes.indices.reduce(0) { $0 + scopes[$1].index.liveNodeCount },
      openClusterCount: scopes.indices.reduce(0) { $0 + scopes[$1].index.openClusterCount }, identityCount: identities.count,
      identityByteCount: identities.byteCount,
      tableByteCount: scopes.indices.reduce(identities.byteCount) {
        $0 + scopes[$1].index.tableByteCount + scopes[$1].detector.table.tableByteCount
      },
      identitiesForgottenEarlyCount: identities.forgottenEarlyCount, keywordCount: keywords.count,
      keywordsRefusedCount: keywordsRefusedCount, sourceCount: max(0, sources.count - 1),
      seriesCount: scopes.indices.reduce(0) { $0 + scopes[$1].detector.table.count },
      entryCount: scopes.indices.reduce(0) { $0 + scopes[$1].detector.table.young.entryCount },
      seriesByteCount: scopes.indices.reduce(0) { $0 + scopes[$1].detector.table.byteCount })
  }

  /// Changes that wait for the next drain and that nothing will replace: points of history, and what has left the index.
  package var pendingChangeCount: Int {
    scopes.indices.reduce(episodes.history.count) {
      $0 + scopes[$1].index.departedRollups.count + scopes[$1].index.departedSummaries.count
    }
  }

  /// What has changed since the last drain; the store that applies every drain in order equals the engine.
  ///
  /// - Complexity: O(n log n) of what changed.
  package mutating func drain() -> Changes {
    var changes = Changes()
    changes.throughPosition = position
    changes.watermark = watermark
    changes.keywords = keywords.drain()
    changes.sources = dirtySources.sorted().map { sourceLedgers[Int($0)] }
    for source in dirtySources { isSourceDirty[Int(source)] = false }
    dirtySources.removeAll(keepingCapacity: true)
    changes.producers = producers.drain()
    for number in scopes.indices { scopes[number].drain(into: &changes) }
    episodes.drain(into: &changes)
    changes.history = episodes.history.drain()
    episodes.compact()
    changes.outages = watch.drain()
    quarantine.drain(into: &changes)
    changes.calibrations = scopes.indices.compactMap { scopes[$0].drainCalibration() }
    drainedPosition = position
    return changes
  }

  // MARK: State

  /// Takes the state down, for a snapshot. The writer's parts hold until the engine is next told something.
  ///
  /// - Complexity: O(clusters, episodes, sources and producers): what is longer is only noted.
  package mutating func write(into writer: inout StateWriter) {
    // A writer takes everything.
    do { try code(&writer) } catch { preconditionFailure("\(error)") }
  }

  /// An engine that goes on where another was when its state was taken down.
  ///
  /// - Parameter settings: Those of that engine: the same that determine its summaries.
  /// - Throws: Where the state is not whole; what stands behind a checksum is not looked through any further.
  /// - Complexity: O(bytes).
  package init(settings: EngineSettings, reading reader: inout StateReader) throws(StateError) {
    self.init(settings: settings)
    try code(&reader)
    try reader.finish()
  }

  private mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    try coder.code(&position)
    try coder.code(&drainedPosition)
    try clock.code(&coder)
    try identities.code(&coder)
    try keywords.code(&coder)
    try terms.code(&coder)
    try sources.code(&coder)
    try coder.code(&sourceLedgers, new: .blank) { (ledger, coder) throws(StateError) in try ledger.code(&coder) }
    try coder.code(&isSourceDirty)
    if Coder.isReading {
      guard sourceLedgers.count == sources.count, isSourceDirty.count == sources.count else {
        throw .malformed("\(sources.count) sources and \(sourceLedgers.count) ledgers")
      }
      sourceStates = (0..<sources.count).map { SourceState(rule: settings.rule(of: sources.name(UInt32($0)))) }
      for number in sourceStates.indices { sourceLedgers[number].role = sourceStates[number].rule.role }
    }
    for number in sourceStates.indices { try sourceStates[number].code(&coder) }
    try coder.code(&dirtySources)
    try producers.code(&coder)
    try quarantine.code(&coder)
    guard try coder.code(count: scopes.count) == scopes.count else { throw .malformed("it has other profiles") }
    for number in scopes.indices { try scopes[number].code(&coder) }
    try coder.code(&scopeOfKeyword)
    try watch.code(&coder)
    try episodes.code(&coder)
    try coder.code(&keywordsRefusedCount)
  }

  /// The least journal position that changes to come may refer to: the text of a sample, or anything that was not given out yet.
  ///
  /// - Complexity: O(live nodes, clusters and episodes).
  package var oldestReferencedPosition: UInt64 {
    var least = min(drainedPosition, episodes.oldestPosition)
    for number in scopes.indices { least = min(least, scopes[number].index.oldestPosition) }
    return least
  }
}
