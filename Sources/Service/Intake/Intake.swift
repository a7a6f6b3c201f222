import Archive
package import Configuration
import Decode
import Engine
package import Platform
import Reports
import Wire
import ZeroMQ

/// The receiving side of docs/wire.md on the calling thread: decodes what comes through its entrance, hands batches to the pipeline
/// and acknowledges them when they come back. It is told the time.
package struct Intake<Gate: Transport & ~Copyable>: ~Copyable {
  /// How long a full pipeline is waited for before producers are told to.
  private static var fullPatienceNanoseconds: UInt64 { 250_000_000 }

  var configuration: Configuration
  var entrance: Gate
  var keyRing: KeyRing
  let pipeline: Pipeline
  var decoder: Decoder
  var receiver = FrameReceiver()
  var connections: [[UInt8]: PeerConnection] = [:]
  /// The file descriptors of all connections, those included that have not said HELLO yet.
  var openDescriptors: Set<Int32> = []
  var cursors: [ProducerKey: UInt64] = [:]
  /// The greatest sequence that the journal knows each to have announced, where that is above its cursor.
  var announced: [ProducerKey: UInt64] = [:]
  let identityKey: SipHash.Key
  var pending: [PendingBatch] = []
  var pendingHead = 0
  /// What connections are told at the end of a turn, the first `ackCount` of them; the others are kept for their memory.
  var acks: [PendingAck] = []
  var ackCount = 0
  var complaints: Complaints
  var pool = CreditPool()
  var quotas: QuotaBook
  var novelty: KeywordNovelty?
  var shares: NameShares
  /// The connection that goes on with a producer's epoch.
  var owners: [ProducerKey: [UInt8]] = [:]
  var starvedCount = 0
  var lastSessionNumber: UInt64 = 0
  /// The turns so far, and in this one the first batch of `pending` that may grow.
  private(set) var turnCount: UInt64 = 0
  var growableFrom = 0
  /// What the clocks showed when the turn began.
  private(set) var now: Instant
  private var fullSince: UInt64?
  private var isStalled = false

  /// Begins with what the journal knows of producers.
  ///
  /// - Parameters:
  ///   - entrance: where producers connect.
  ///   - refusals: the file that keeps the counts of what is refused; nil for none.
  package init(
    pipeline: Pipeline, identity: StoreIdentity, configuration: Configuration, entrance: consuming Gate, refusals: String?,
    at now: Instant
  ) throws(ServiceError) {
    let decoder = try ServiceError.wrapping { try Decoder(identity: identity, configuration: configuration) }
    let quotas = QuotaBook(configuration.producers, at: now.monotonicNanoseconds)
    let novelty = quotas.countsKeywords ? try Self.knownKeywords(pipeline, identity.identityKey) : nil
    let keyRing = KeyRing(configuration.producers)
    let shares = try Self.shares(keyRing, pipeline, pipeline.cursors.map(\.name), identity.identityKey)
    self.configuration = configuration
    self.pipeline = pipeline
    self.entrance = entrance
    self.keyRing = keyRing
    self.decoder = decoder
    self.now = now
    complaints = Complaints(path: refusals, at: now)
    self.quotas = quotas
    self.novelty = novelty
    identityKey = identity.identityKey
    self.shares = shares
    for ledger in pipeline.cursors {
      let key = ProducerKey(name: ledger.name, epoch: ledger.epoch)
      cursors[key] = ledger.throughSequence
      if ledger.outstandingCount > 0 { announced[key] = ledger.announcedSequence }
    }
  }

  /// Begins to count new keywords where that was not asked for before.
  mutating func learnKeywords() throws(ServiceError) {
    if quotas.countsKeywords, novelty == nil { novelty = try Self.knownKeywords(pipeline, identityKey) }
  }

  /// What is left to each who holds a key of the names that are kept for good.
  static func shares(
    _ ring: KeyRing, _ pipeline: Pipeline, _ producers: [[UInt8]], _ key: SipHash.Key
  ) throws(ServiceError) -> NameShares {
    if ring.keys.isEmpty { return NameShares(ring, producers: [], sources: [], key: key) }
    let known = try ServiceError.wrapping { try ArchiveReader(folder: pipeline.layout.directory).sources() }
    return NameShares(ring, producers: producers, sources: known.map(\.name), key: key)
  }

  /// Keeps a producer and epoch, where it is new.
  mutating func keep(_ key: ProducerKey) {
    guard cursors[key] == nil else { return }
    cursors[key] = 0
    shares.addEpoch(of: keyRing.owner(of: key.name))
  }

  /// Where new keywords are counted: those that the store knows are not new. By the form that is shown; others count once more.
  private static func knownKeywords(_ pipeline: Pipeline, _ key: SipHash.Key) throws(ServiceError) -> KeywordNovelty {
    var novelty = KeywordNovelty(key: key)
    let known = try ServiceError.wrapping { try ArchiveReader(folder: pipeline.layout.directory).keywords() }
    for keyword in known {
      let bytes = Array(keyword.utf8)
      _ = novelty.insert(bytes.span)
    }
    return novelty
  }

  /// One turn: answers what is settled, takes what has come, hands it on, and looks after those who are silent.
  ///
  /// - Parameters:
  ///   - now: what the clocks show; the turn asks no other.
  ///   - isStopping: nothing more is taken.
  /// - Throws: `ServiceError` where nothing more can be promised.
  package mutating func turn(at now: Instant, isStopping: Bool = false) throws(ServiceError) {
    tell(now)
    acknowledge()
    turnCount += 1
    growableFrom = pendingHead
    if !isStopping { try receive() }
    try advance()
    if let fault = pipeline.fault { throw fault }
    tellStarved()
    lookAfterSilentConnections()
    complaints.report()
  }

  /// Whether what was taken is answered, as far as that can be waited for.
  package var isSettled: Bool { pipeline.underWayCount == 0 || pipeline.isStalled }

  /// Answers for the last time and takes leave of everybody.
  package mutating func leave(at now: Instant) {
    tell(now)
    acknowledge()
    complaints.report(atOnce: true)
    for route in routes where connections[route]?.session.identity != nil { reply(.bye, to: route) }
  }

  /// Takes note of the time.
  mutating func tell(_ now: Instant) {
    self.now = now
    complaints.now = now
  }

  /// Whether to read nothing for a moment, because the pipeline is full: most often it has room again before anybody need be told.
  /// Where it has not, producers are answered, so that they know that somebody is there.
  mutating func holdsBack() -> Bool {
    guard pipeline.isFull || pool.isFull, !pipeline.isStalled else {
      fullSince = nil
      return false
    }
    let now = now.monotonicNanoseconds
    let since = fullSince ?? now
    fullSince = since
    return now - since < Self.fullPatienceNanoseconds
  }

  /// Writes what was taken; where the disk is full or something else is short, says so once and tries again at the next turn.
  private mutating func advance() throws(ServiceError) {
    let isWritten = try pipeline.flush()
    let wasStalled = isStalled
    isStalled = !isWritten
    if isStalled, !wasStalled {
      let shortage = pipeline.shortage ?? "the journal waits"
      Log.write(.error, "\(shortage): nothing is acknowledged until that passes; producers are told to wait")
    } else if wasStalled, !isStalled {
      Log.write(.info, "the journal can be written again")
    }
  }
}
