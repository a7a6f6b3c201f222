import Configuration
import Engine
import Journal
import Platform
import Reports
import Service
import TestSupport
import Wire
import ZeroMQ

/// A service whose stages stand still until they are told to work, with peers that are routes.
final class StillService {
  private let storage = FaultyStorage()
  private let summaries = FaultyStorage()
  private let pipeline: Pipeline
  private let peers: Peers
  private var intake: Intake<StillEntrance>
  private var now = Instant(monotonicNanoseconds: 1_000_000_000, wallMicroseconds: 1_767_225_600_000_000)

  init() throws {
    let identity = StoreIdentity(
      journalID: StoreID(high: 1, low: 2), identityKey: SipHash.Key(first: 3, second: 4),
      reporterKey: SipHash.Key(first: 5, second: 6))
    guard let fileSystem = FaultyFileSystem(summaries) else { throw ServiceError("no memory") }
    let configuration = Configuration(profile: .storm)
    let store = try OpenStore(
      layout: StoreLayout(directory: ""), identity: identity, lock: nil, storage: storage, snapshots: FaultyStorage(),
      fileSystem: fileSystem.name,
      segmentByteCount: 1 << 20, configuration: configuration)
    pipeline = try Pipeline(store: store, configuration: configuration, driver: .caller)
    peers = Peers()
    intake = try Intake(
      pipeline: pipeline, identity: identity, configuration: configuration, entrance: StillEntrance(peers: peers), refusals: nil,
      at: now)
  }

  /// Batches that were taken and are not answered.
  var underWayCount: Int { pipeline.underWayCount }

  /// Bytes that the journal's disk may have.
  func limitDisk(to byteCount: Int) { storage.faults.capacity = byteCount }
  var diskByteCount: Int { storage.byteCount }

  /// A peer sends a message, which the intake hears.
  func send(_ message: WireMessage, _ body: [UInt8]? = nil, from route: UInt8) throws {
    queue(message, body, from: route)
    try turn()
  }

  /// A peer sends a message, which the intake hears at its next turn.
  func queue(_ message: WireMessage, _ body: [UInt8]? = nil, from route: UInt8) {
    peers.incoming.append((route, message.frames + (body.map { [$0] } ?? [])))
  }

  /// The batches that stand in the journal.
  func journal() throws -> [ReportBatch] {
    var reader = JournalReader(storage: storage, store: StoreID(high: 1, low: 2))
    var batches: [ReportBatch] = []
    while let next = try reader.next() { batches.append(try reader.batch(at: next.range.lowerBound)) }
    return batches
  }

  func turn(afterMilliseconds milliseconds: UInt64 = 1) throws {
    now.monotonicNanoseconds += milliseconds * 1_000_000
    try intake.turn(at: now)
  }

  /// Everything that was taken becomes durable and judged, and is answered.
  func work() throws {
    while pipeline.stepEngine() || pipeline.stepCommit() {}
    try turn()
  }

  /// Everything that was judged comes into the summaries, and a snapshot is asked for and, at the second call, committed.
  func store(synchronizeSummaries: () throws -> Void) throws {
    for milliseconds in stride(from: 0 as UInt64, to: 10_000, by: 1_000) {
      while pipeline.stepArchive(at: now.monotonicNanoseconds / 1_000_000 + milliseconds) { _ = pipeline.stepEngine() }
    }
    while try pipeline.stepSnapshot(synchronizeSummaries: synchronizeSummaries) { _ = pipeline.stepEngine() }
  }

  /// What a peer has been told since the last time.
  func heard(by route: UInt8) throws -> [WireMessage] {
    let mine = peers.outgoing.filter { $0.route == route }
    peers.outgoing.removeAll { $0.route == route }
    return try mine.map { _, frames in
      let (head, header, body) = (frames[0], frames[1], [UInt8]())
      return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frames.count)
    }
  }
}

private final class Peers {
  var incoming: [(route: UInt8, frames: [[UInt8]])] = []
  var outgoing: [(route: UInt8, frames: [[UInt8]])] = []
}

private struct StillEntrance: Transport, ~Copyable {
  let peers: Peers

  var publicKey: CurveKey? { nil }

  mutating func receive(into receiver: inout FrameReceiver) throws(ZeroMQError) -> Bool {
    guard !peers.incoming.isEmpty else { return false }
    let (route, frames) = peers.incoming.removeFirst()
    receiver.take(frames, route: [route], connection: Int32(route))
    return true
  }

  func send(_ message: WireMessage, to route: [UInt8]) throws(ZeroMQError) -> Socket.Outcome {
    peers.outgoing.append((route[0], message.frames))
    return .sent
  }

  func hangUp(_ connection: Int32) {}
}
