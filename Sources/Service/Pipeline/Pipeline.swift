package import Configuration
package import Engine
import Journal
import Platform
package import Reports

/// The path of decoded batches: journal, engine, archive, each on its own thread. It belongs to the thread that reads the input.
///
/// Batches come back from `nextSettled` in the order of `append`, once they are on the disk *and* judged: then they may be
/// acknowledged.
package final class Pipeline {
  /// Batches, and bytes of them, that may be under way at once: what bounds the memory between the threads.
  static let batchCapacity = 512
  static let byteCapacity = 64 << 20
  /// Bytes that the batches hold which are kept to be used again, and rows and bytes that the largest among them has room for.
  private static let spareByteCount = 16 << 20
  private static let largestSpareRowCount = 1_024
  private static let largestSpareByteCount = 512 << 10

  let layout: StoreLayout
  private let erased: ErasureList
  /// What rows are hashed under.
  private let hashKey: SipHash.Key
  private let lock: Owned<FileLock?>
  let writer: JournalWriter
  let commit: CommitStage
  let engine: EngineStage
  let archive: ArchiveStage
  let snapshots: SnapshotStage
  private let bell: Bell
  private var threads: [Owned<Thread?>] = []

  /// Taken, but not yet given to the system: until the next `flush` that succeeds.
  private var waiting: [Passage] = []
  private var waitingByteCount = 0
  /// How many of them the writer has taken: more may follow once there is space.
  private var unwrittenCount = 0
  /// What keeps the journal from growing, where that may pass.
  private var journalShortage: String?
  private var underWay: [(end: UInt64, byteCount: Int)] = []
  private var underWayHead = 0
  private var underWayByteCount = 0
  private var judged: [Passage] = []
  private var judgedHead = 0
  /// Everything before this position was on the disk when `collect` looked.
  private var synced: UInt64 = 0
  private var tasks: [EngineStage.Task] = []
  private var spare: [Passage] = []
  private var spareByteCount = 0

  /// The cursor of every producer and epoch that the journal knows.
  package let cursors: [ProducerLedger]

  /// Who runs the stages.
  package enum Driver: Sendable {
    /// A thread each, until `finish`.
    case threads
    /// Whoever calls the steps of `Pipeline+Stepping`.
    case caller
  }

  /// Begins to work on an open store.
  ///
  /// - Parameter fillsSidesMeanwhile: false where nobody is likely to search before the end: then the side tables are told of each
  ///   summary once, and not as often as it changes.
  package init(
    store: consuming OpenStore, configuration: Configuration, driver: Driver = .threads, fillsSidesMeanwhile: Bool = true
  ) throws(ServiceError) {
    // A drain's changes are great, and freed by another thread than the one that made them.
    Allocator.returnLargeBlocks()
    let bell = try ServiceError.wrapping { try Bell() }
    self.bell = bell
    layout = store.layout
    cursors = store.engine.producerLedgers
    hashKey = store.engine.settings.identityKey
    erased = store.erased
    writer = store.writer
    commit = CommitStage(synchronizer: writer.synchronizer, bell: bell)
    engine = EngineStage(engine: store.engine, capacity: Self.batchCapacity, bell: bell)
    archive = ArchiveStage(
      engine: engine, archive: store.archive, synchronizer: writer.synchronizer,
      intervalMilliseconds: configuration.archive.flushMilliseconds,
      logWarningMebibytes: configuration.archive.logWarningMebibytes, fillsSidesMeanwhile: fillsSidesMeanwhile, bell: bell)
    snapshots = SnapshotStage(
      engine: engine, archive: archive, synchronizer: writer.synchronizer, layout: layout, folder: store.snapshots,
      retention: JournalRetention(
        storage: store.storage, store: store.identity.journalID, key: store.identity.identityKey,
        days: configuration.journal.retentionDays, textDays: configuration.retention.textDays),
      recoverySeconds: configuration.journal.recoverySeconds, recovered: store.recovered)
    lock = Owned(store.lock)
    if driver == .caller { return }
    let (commit, engine, archive, snapshots) = (commit, engine, archive, snapshots)
    try ServiceError.wrapping {
      threads.append(Owned(try Thread(name: "commit") { commit.run() }))
      threads.append(Owned(try Thread(name: "engine") { engine.run() }))
      threads.append(Owned(try Thread(name: "archive") { archive.run() }))
      threads.append(Owned(try Thread(name: "snapshot") { snapshots.run() }))
    }
  }

  /// Readable, for `poll`, when `settled` may have something new.
  package var descriptor: Int32 { bell.descriptor }

  /// True where no more batches should be read for now.
  package var isFull: Bool {
    underWayCount >= Self.batchCapacity || underWayByteCount + waitingByteCount >= Self.byteCapacity
  }

  /// True while the disk is full, or something else is short: producers are to wait.
  package var isStalled: Bool { journalShortage != nil || archive.isShort }

  /// What there is too little of, in words; nil while there is enough.
  package var shortage: String? { journalShortage ?? archive.shortage }

  /// Batches that were appended and have not come back yet.
  package var underWayCount: Int { underWay.count - underWayHead + waiting.count }

  /// Why this pipeline can promise nothing more; nil while all is well.
  package var fault: ServiceError? { commit.fault ?? archive.fault }

  /// A batch without rows, in the memory of one that was answered where there is any.
  package func makePassage(producer: [UInt8], epoch: Epoch, firstSequence: UInt64, receivedAt: Timestamp) -> Passage {
    guard let passage = spare.popLast() else {
      return Passage(ReportBatch(producer: producer, epoch: epoch, firstSequence: firstSequence, receivedAt: receivedAt))
    }
    spareByteCount -= passage.heldByteCount
    passage.batch.begin(producer: producer, epoch: epoch, firstSequence: firstSequence, receivedAt: receivedAt)
    return passage
  }

  /// Takes a batch that is not needed any more, to use its memory again.
  package func recycle(_ passage: Passage) {
    let byteCount = passage.heldByteCount
    guard byteCount <= Self.largestSpareByteCount, passage.batch.rejections.capacity <= Self.largestSpareRowCount,
      spareByteCount + byteCount <= Self.spareByteCount, spare.count < Self.batchCapacity
    else { return }
    spare.append(passage)
    spareByteCount += byteCount
  }

  /// Takes a batch; `flush` sends it on its way. What it says of reports that were erased goes no further. Until `flush` more rows may be
  /// appended to it, of which `noteGrowth` is to be told.
  package func append(_ passage: Passage) {
    waiting.append(passage)
    waitingByteCount += passage.batch.arena.count
  }

  /// A batch that waits has become longer by so many bytes.
  package func noteGrowth(byteCount: Int) { waitingByteCount += byteCount }

  /// Writes what was appended and hands it on: to the disk and to the engine at once.
  ///
  /// - Returns: False where the disk is full: everything waits, and the call is to be repeated later.
  /// - Throws: Where the journal has failed.
  package func flush() throws(ServiceError) -> Bool {
    guard !waiting.isEmpty else { return true }
    do {
      while unwrittenCount < waiting.count {
        let passage = waiting[unwrittenCount]
        erased.screen(&passage.batch)
        passage.range = try writer.append(passage.batch)
        unwrittenCount += 1
      }
      try writer.flush()
      journalShortage = nil
    } catch {
      guard error.isFull else { throw ServiceError("\(error)") }
      journalShortage = error.shortage ?? error.description
      return false
    }
    commit.request(writer.writtenPosition)
    // What the engine would have to do is done here where it has not come to the batches before.
    let isEngineBusy = engine.tasks.count > 0
    for passage in waiting {
      passage.hashes.removeAll()
      if isEngineBusy { passage.hashes.take(passage.batch, key: hashKey, isAhead: true) }
      let byteCount = passage.batch.arena.count
      underWay.append((passage.range.upperBound, byteCount))
      underWayByteCount += byteCount
      tasks.append(.batch(passage))
    }
    waiting.removeAll(keepingCapacity: true)
    waitingByteCount = 0
    unwrittenCount = 0
    _ = engine.tasks.push(contentsOf: tasks)
    tasks.removeAll(keepingCapacity: true)
    return true
  }

  /// Takes what the stages have done since the last time, for `nextSettled`.
  package func collect() {
    bell.silence()
    engine.judged.tryPop(into: &judged)
    synced = commit.syncedPosition
    // Something is written and not synced, and the one request that waited may have come before it.
    if underWayHead < underWay.count, synced < writer.writtenPosition { commit.request(writer.writtenPosition) }
  }

  /// The next batch, in their order, that is durable and judged; nil where there is none. It is to be given to `recycle`.
  package func nextSettled() -> Passage? {
    guard judgedHead < judged.count, judged[judgedHead].range.upperBound <= synced else {
      if judgedHead > 1_024 || judgedHead == judged.count {
        judged.removeFirst(judgedHead)
        underWay.removeFirst(underWayHead)
        (judgedHead, underWayHead) = (0, 0)
      }
      return nil
    }
    underWayByteCount -= underWay[underWayHead].byteCount
    judgedHead += 1
    underWayHead += 1
    return judged[judgedHead - 1]
  }

  /// Waits until there may be something to collect.
  package func wait() { bell.wait(milliseconds: 1_000) }

  /// Stores everything and ends the threads. The store can be opened again after this.
  ///
  /// - Parameter fillsSides: whether the side tables are told of everything, however long that takes.
  /// - Throws: where something that was promised could not be kept up to the end.
  package func finish(fillsSides: Bool = false) throws(ServiceError) {
    precondition(!threads.isEmpty, "a pipeline without threads has nothing to wait for")
    snapshots.stop()
    join(3)
    archive.stop(fillsSides: fillsSides)
    join(2)
    engine.tasks.close()
    join(1)
    commit.close()
    join(0)
    if let fault { throw fault }
    snapshots.takeLast()
    if let fault { throw fault }
    if let shortage = archive.shortage {
      throw ServiceError(
        "\(layout.summaries): \(shortage); the journal holds everything, and the next start writes the rest")
    }
  }

  private func join(_ index: Int) {
    guard let thread = threads[index].value.take() else { return }
    thread.join()
  }

  /// What the manager of the service looks at.
  var pulses: [Pulse.Stage] { [commit.pulse, engine.pulse, archive.pulse] }

  /// What each stage has done.
  package var timings: [(stage: String, eventCount: Int, threadNanoseconds: UInt64)] {
    [
      ("engine", engine.meter.eventCount, engine.meter.threadNanoseconds),
      ("archive", engine.meter.eventCount, archive.meter.threadNanoseconds),
    ]
  }
}
