import Configuration
import Engine
import Journal
import Platform
import Reports
import Service
import TestSupport

/// The machine that the aggregator runs on: its disks, its clock, and whoever starts the service again.
final class AggregatorMachine {
  /// The service's process: what a kill takes.
  private final class Process {
    let pipeline: Pipeline
    var intake: Intake<ScriptedEntrance>
    var isStopping = false

    init(_ pipeline: Pipeline, _ intake: consuming Intake<ScriptedEntrance>) {
      self.pipeline = pipeline
      self.intake = intake
    }
  }

  static let identity = StoreIdentity(
    journalID: StoreID(high: 11, low: 12), identityKey: SipHash.Key(first: 13, second: 14),
    reporterKey: SipHash.Key(first: 15, second: 16))
  /// A coarse grid: an engine is made in a moment, and many reports meet in one cell.
  static let configuration = Configuration(profile: .storm)
  static let layout = StoreLayout(directory: "")

  private let network: Network
  private let weather: Weather
  private let bug: PlantedBug?
  let configuration: Configuration
  private(set) var journal = FaultyStorage()
  private(set) var summaries: FaultyStorage
  private(set) var snapshots = FaultyStorage()
  private var fileSystem: FaultyFileSystem?
  private var process: Process?
  /// How far its wall clock has been set off.
  var wallOffsetMicroseconds: Int64 = 0
  var downUntil: UInt64 = 0
  var pausedUntil: UInt64 = 0
  /// Faults of the disks when the process began.
  private var failuresBefore = 0
  /// Where a bit of the journal has flipped.
  private(set) var rot: (name: String, offset: Int)?
  /// What was said of it.
  private(set) var namedRot: String?
  var tally = Tally()

  init(network: Network, weather: Weather, bug: PlantedBug?) {
    self.network = network
    self.weather = weather
    self.bug = bug
    var configuration = Self.configuration
    if bug == .forgetsWhatWasSent { configuration.engine.deduplicationEntryCount = 1 }
    self.configuration = configuration
    // Where segments are short, one of them is written into room that another had: what follows it are zeros.
    if weather.segmentByteCount < 1 << 20 { journal["spare"] = [UInt8](repeating: 0, count: weather.segmentByteCount) }
    summaries = weather.hasEmptyStore ? EmptyStore.summaries.restart() : FaultyStorage()
  }

  var isUp: Bool { process != nil }
  /// The journal cannot be used, and that was said.
  var isOver: Bool { namedRot != nil && process == nil }
  /// A service that is about to end for a fault has stored nothing for certain.
  var isStored: Bool { process.map { $0.pipeline.isStored && $0.pipeline.fault == nil } ?? false }
  var hasWork: Bool { process.map { $0.pipeline.underWayCount > 0 || $0.isStopping } ?? false }

  private var disks: [FaultyStorage] { [journal, summaries, snapshots] }
  private var failures: Int { disks.reduce(0) { $0 + $1.counts.failures } }
  private var isDead: Bool { disks.contains { $0.faults.remainingOperations <= 0 } }

  private func instant() -> Instant {
    let base = Script.begin.microseconds + 12 * 3_600_000_000
    return Instant(
      monotonicNanoseconds: network.now + 1_000_000_000_000,
      wallMicroseconds: base + Int64(network.now / 1_000) + wallOffsetMicroseconds)
  }

  // MARK: Its life

  /// Starts the service, as a supervisor does.
  func start(_ random: inout SeededGenerator) throws(Violation) {
    network.tell("the aggregator starts")
    tally.aggregatorStarts += 1
    failuresBefore = failures
    if bug == .recoveryDropsRecord { dropLastRecord() }
    guard let fileSystem = FaultyFileSystem(summaries) else { throw Violation("no memory for a file system") }
    self.fileSystem = fileSystem
    var tornTail: String?
    defer { note(tornTail) }
    do {
      let storage: any JournalStorage = bug.map { BuggyStorage(journal, $0) } ?? journal
      let store = try OpenStore(
        layout: Self.layout, identity: Self.identity, lock: nil, storage: storage, snapshots: snapshots,
        fileSystem: fileSystem.name, segmentByteCount: weather.segmentByteCount, configuration: configuration
      ) {
        if case .cutOff(let tail) = $0 { tornTail = tail }
      }
      tally.recoveredRecords += store.report.recoveredRecordCount
      if store.report.snapshotPosition != nil { tally.startsFromSnapshots += 1 }
      let pipeline = try Pipeline(store: store, configuration: configuration, driver: .caller)
      let intake = try Intake(
        pipeline: pipeline, identity: Self.identity, configuration: configuration,
        entrance: ScriptedEntrance(network: network), refusals: nil, at: instant())
      process = Process(pipeline, intake)
      network.isListening = true
    } catch {
      tally.failedStarts += 1
      try explain("the service did not start", "\(error)")
      end(&random, downMilliseconds: 1...2_000)
    }
  }

  /// A rotten bit at the very end cannot be told from a write that a loss of power has torn; it is told of as that.
  private func note(_ tornTail: String?) {
    guard let tornTail else { return }
    tally.tornTails += 1
    if let rot, tornTail.contains(rot.name) { namedRot = tornTail }
  }

  /// Has the engine taken down, or gives what was written its name. Without a snapshot nothing is lost.
  private func stepSnapshot(_ pipeline: Pipeline) throws(Violation) {
    do {
      _ = try pipeline.stepSnapshot {
        for name in summaries.allNames where name.hasSuffix("-wal") {
          try summaries.open(name, writable: false).synchronize()
        }
        try summaries.synchronizeDirectory()
        tally.snapshots += 1
      }
    } catch { try explain("no snapshot was taken", "\(error)") }
  }

  /// One tick of the machine.
  func step(_ random: inout SeededGenerator) throws(Violation) {
    guard network.now >= pausedUntil else { return }
    if process == nil, network.now >= downUntil, !isOver { try start(&random) }
    guard let process else { return }
    if random.happens(weather.turnPerMille) {
      do {
        try process.intake.turn(at: instant(), isStopping: process.isStopping)
      } catch {
        tally.faultsOfService += 1
        try explain("the service ended", error.description)
        return end(&random, downMilliseconds: 1...2_000)
      }
    }
    if random.happens(weather.commitPerMille) { _ = process.pipeline.stepCommit() }
    if random.happens(weather.enginePerMille) { _ = process.pipeline.stepEngine() }
    if random.happens(weather.archivePerMille) { _ = process.pipeline.stepArchive(at: network.now / 1_000_000) }
    if random.happens(weather.snapshotPerMille) { try stepSnapshot(process.pipeline) }
    if process.isStopping, process.intake.isSettled { finish(process, &random) }
  }

  /// As `serve` at SIGTERM.
  func stop() {
    guard let process else { return }
    process.isStopping = true
    tally.aggregatorStops += 1
  }

  private func finish(_ process: Process, _ random: inout SeededGenerator) {
    process.intake.leave(at: instant())
    var time = network.now / 1_000_000
    for _ in 0..<20 where !process.pipeline.isStored {
      while process.pipeline.stepEngine() {}
      time += 1_000
      _ = process.pipeline.stepArchive(at: time)
    }
    end(&random, downMilliseconds: 1...500)
  }

  /// The process ends, whatever it was doing.
  func end(_ random: inout SeededGenerator, downMilliseconds: ClosedRange<Int>) {
    network.tell("the aggregator ends\(isDead ? ", for it has lost its power" : "")")
    if isDead {
      // The power went in the middle of an operation.
      tally.aggregatorPowerLosses += 1
      takeDisks { $0.crash(&random) }
    } else {
      takeDisks { $0.restart() }
    }
    if !isHealed { startFaults(&random) }
    network.loseAggregator(&random)
    process = nil
    fileSystem = nil
    downUntil = network.now + UInt64(Int.random(in: downMilliseconds, using: &random)) * 1_000_000
  }

  func kill(_ random: inout SeededGenerator) {
    tally.aggregatorKills += 1
    end(&random, downMilliseconds: 1...3_000)
  }

  /// The power goes: now, or after some more operations of a disk.
  func losePower(_ random: inout SeededGenerator) {
    if isDead { return }
    if random.happens(500) {
      let count = Int.random(in: 0...40, using: &random)
      oneOfTheDisks(&random).faults.remainingOperations = count
      return
    }
    journal.die()
    end(&random, downMilliseconds: 1...3_000)
  }

  private func takeDisks(_ after: (FaultyStorage) -> FaultyStorage) {
    let old = disks
    journal = after(journal)
    summaries = after(summaries)
    snapshots = after(snapshots)
    // Whatever the old process still does on its way out reaches nothing.
    for disk in old { disk.die() }
  }

  // MARK: Its faults

  private func oneOfTheDisks(_ random: inout SeededGenerator) -> FaultyStorage {
    random.happens(450) ? journal : random.happens(800) ? summaries : snapshots
  }

  private(set) var isHealed = false

  func startFaults(_ random: inout SeededGenerator) {
    for disk in disks { disk.faults.chances = weather.chances(&random) }
    guard let narrator = network.narrator else { return }
    journal.faults.observer = { narrator("  journal: \($0)") }
    snapshots.faults.observer = { narrator("  snapshots: \($0)") }
  }

  /// From now on nothing goes wrong any more.
  func heal() {
    isHealed = true
    for disk in disks {
      disk.faults.chances = nil
      disk.faults.capacity = .max
      if disk.faults.remainingOperations > 0 { disk.faults.remainingOperations = .max }
    }
    pausedUntil = 0
  }

  /// Fills a disk up to a few more bytes, or empties it.
  func fill(_ random: inout SeededGenerator) {
    let disk = oneOfTheDisks(&random)
    let isFull = disk.faults.capacity < .max
    disk.faults.capacity = isFull ? .max : disk.byteCount + Int.random(in: 0...4_096, using: &random)
    if !isFull { tally.fullDisks += 1 }
  }

  func rotBit(_ random: inout SeededGenerator) {
    guard rot == nil else { return }
    rot = journal.rot(journal.allNames.filter { $0.hasSuffix(".segment") }, &random)
    guard let rot else { return }
    network.tell("a bit flips at \(rot.offset) of \(rot.name)")
    tally.rottenBits += 1
  }

  /// Whether what went wrong follows from what was done to the disks.
  private func explain(_ what: String, _ error: String) throws(Violation) {
    network.tell("\(what): \(error)")
    if isDead || failures > failuresBefore { return }
    if let rot {
      namedRot = error
      if error.contains(rot.name) || error.contains("position") { return }
    }
    throw Violation("\(what) without a cause: \(error)")
  }

  /// The canary: the newest record is taken away before the journal is read.
  private func dropLastRecord() {
    guard let name = journal.allNames.last(where: { $0.hasSuffix(".segment") }) else { return }
    var reader = JournalReader(storage: journal.restart(), store: Self.identity.journalID)
    var last: Range<UInt64>?
    while let next = try? reader.next() { last = next.range }
    let bytes = journal[name]
    guard let last, bytes.count > Int(last.upperBound - last.lowerBound) else { return }
    journal[name] = bytes.dropLast(Int(last.upperBound - last.lowerBound))
  }
}
