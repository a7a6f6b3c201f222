import Archive
package import Configuration
import Decode
import Engine
package import Platform
import Reports
import Wire
import ZeroMQ

/// The receiving side of docs/wire.md on the calling thread: it owns the ROUTER, decodes, hands batches to the pipeline and
/// acknowledges them when they come back.
package struct Intake: ~Copyable {
  /// Whose cursor it is: a producer's name and epoch.
  struct ProducerKey: Hashable {
    var name: [UInt8]
    var epoch: Epoch

    init(name: [UInt8], epoch: Epoch) {
      self.name = name
      self.epoch = epoch
    }

    init(_ identity: Session.Identity) { self.init(name: Array(identity.producer.utf8), epoch: identity.epoch) }
  }

  /// A batch that was taken and is not answered yet.
  struct Pending {
    var route: [UInt8]
    var key: ProducerKey
    var lastSequence: UInt64
    var firstSequence: UInt64
    var load: Load
    /// Which of the sessions that its route has had.
    var sessionNumber: UInt64
  }

  struct Connection {
    var session = Session()
    /// No two that are kept have the same.
    var number: UInt64
    /// What it has proven to hold; nil where nobody is asked.
    var key: CurveKey?
    /// Its file descriptor.
    var descriptor: Int32?
    var lastHeardAtNanoseconds: UInt64
    var lastPingedAtNanoseconds: UInt64 = 0
    /// What of it is under way.
    var outstanding = Load()
    /// Was told to have no credit, and is to be told when it has.
    var isStarved = false
  }

  /// How long a full pipeline is waited for before producers are told to.
  private static let fullPatienceNanoseconds: UInt64 = 250_000_000

  var configuration: Configuration
  var entrance: Entrance
  var keyRing: KeyRing
  let pipeline: Pipeline
  var decoder: Decoder
  var receiver = FrameReceiver()
  var connections: [[UInt8]: Connection] = [:]
  /// The file descriptors of all connections, those included that have not said HELLO yet.
  var openDescriptors: Set<Int32> = []
  var cursors: [ProducerKey: UInt64] = [:]
  /// The greatest sequence that the journal knows each to have announced, where that is above its cursor.
  var announced: [ProducerKey: UInt64] = [:]
  let identityKey: SipHash.Key
  var pending: [Pending] = []
  var pendingHead = 0
  var complaints: Complaints
  var pool = CreditPool()
  var quotas: QuotaBook
  var novelty: KeywordNovelty?
  /// The connection that goes on with a producer's epoch.
  var owners: [ProducerKey: [UInt8]] = [:]
  var starvedCount = 0
  var lastSessionNumber: UInt64 = 0
  private var fullSince: UInt64?
  private var isStalled = false

  /// Where it listens, with the port in digits.
  package var endpoint: String { entrance.endpoint }
  /// The key that producers must know; nil where nobody is asked for theirs.
  package var publicKey: String? { entrance.publicKey?.description }

  /// Opens the endpoint; with a secret key only after it was seen to refuse a stranger.
  ///
  /// - Throws: `ServiceError` where the port is in use, the address is not on this machine or not this machine's alone without
  ///   keys, the key's file cannot be used, or a stranger gets in.
  package init(pipeline: Pipeline, identity: StoreIdentity, configuration: Configuration) throws(ServiceError) {
    var secretKeys: CurveKeyPair?
    if let path = configuration.security.secretKeyFile { secretKeys = try SecretKeyFile.read(path) }
    let keyRing = KeyRing(configuration.producers)
    let decoder = try ServiceError.wrapping { try Decoder(identity: identity, configuration: configuration) }
    let entrance = try Entrance(endpoint: configuration.service.endpoint, secretKeys: secretKeys, keys: keyRing.keys)
    let quotas = QuotaBook(configuration.producers, at: Clock.monotonicNanoseconds())
    let novelty = quotas.countsKeywords ? try Self.knownKeywords(pipeline, identity.identityKey) : nil
    self.configuration = configuration
    self.pipeline = pipeline
    self.entrance = entrance
    self.keyRing = keyRing
    self.decoder = decoder
    complaints = Complaints(path: pipeline.layout.refusals)
    self.quotas = quotas
    self.novelty = novelty
    identityKey = identity.identityKey
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

  /// Serves until a signal asks it to stop, then answers what was taken.
  ///
  /// - Parameter configure: reads the configuration anew, at SIGHUP; where it throws, the old one stays in force.
  package mutating func run(
    signals: borrowing SignalSet, configure: () throws -> Configuration
  ) throws(ServiceError) {
    var poller = Poller()
    let input = poller.add(entrance.router, for: .readable)
    _ = poller.add(entrance.monitor.socket, for: .readable)
    _ = poller.add(entrance.authenticator.socket, for: .readable)
    // Only wakes the loop: every turn collects what is settled anyway.
    _ = poller.add(fileDescriptor: pipeline.descriptor, for: .readable)
    let signal = poller.add(fileDescriptor: signals.descriptor, for: .readable)
    var isStopping = false
    while !isStopping || pipeline.underWayCount > 0 && !pipeline.isStalled {
      let isWaiting = holdsBack()
      poller.setEvents(isStopping || isWaiting ? [] : .readable, at: input)
      let patience = isWaiting ? 20 : isStopping || pipeline.isStalled ? 100 : 500
      _ = try ServiceError.wrapping { try poller.wait(milliseconds: patience) }
      if poller.ready(at: signal).contains(.readable) { isStopping = try stops(signals, configure) || isStopping }
      acknowledge()
      try greet()
      if !isStopping { try receive() }
      try advance()
      if let fault = pipeline.fault { throw fault }
      tellStarved()
      lookAfterSilentConnections()
      complaints.report()
    }
    acknowledge()
    complaints.report(atOnce: true)
    for route in connections.keys where connections[route]?.session.identity != nil { reply(.bye, to: route) }
  }

  private mutating func stops(
    _ signals: borrowing SignalSet, _ configure: () throws -> Configuration
  ) throws(ServiceError) -> Bool {
    try ServiceError.wrapping {
      while let signal = try signals.next() {
        if signal == .terminate || signal == .interrupt { return true }
        if signal == .hangUp { reload(configure) }
      }
      return false
    }
  }

  /// Whether to read nothing for a moment, because the pipeline is full: most often it has room again before anybody need be told.
  /// Where it has not, producers are answered, so that they know that somebody is there.
  mutating func holdsBack() -> Bool {
    guard pipeline.isFull || pool.isFull, !pipeline.isStalled else {
      fullSince = nil
      return false
    }
    let now = Clock.monotonicNanoseconds()
    let since = fullSince ?? now
    fullSince = since
    return now - since < Self.fullPatienceNanoseconds
  }

  /// Writes what was taken; where the disk is full, says so once and tries again at the next turn.
  private mutating func advance() throws(ServiceError) {
    let isWritten = try pipeline.flush()
    let wasStalled = isStalled
    isStalled = !isWritten
    if isStalled, !wasStalled {
      Log.write(.error, "the disk is full: nothing is acknowledged until there is space; producers are told to wait")
    } else if wasStalled, !isStalled {
      Log.write(.info, "the journal can be written again")
    }
  }
}
