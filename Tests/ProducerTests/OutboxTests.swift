import Glibc
import Journal
import Platform
import Reports
import TestSupport
import Testing
import TocsinProducer
import Wire

let home = FileOrigin(inode: 7, birthNanoseconds: 8, machine: [1, 2, 3])

/// Opens an outbox on a storage that believes to be at home.
func open(
  _ storage: FaultyStorage, name: String = "p", limit: Int = 1 << 20, renewing: Bool = false, at origin: FileOrigin = home
) throws(OutboxError) -> Outbox {
  try Outbox(storage, name: name, limitByteCount: limit, renewing: renewing) { () throws(SystemError) in origin }
}

/// Every event that is not acknowledged, by number, as it would be sent.
func heldEvents(_ outbox: Outbox, batch: Int = 3) throws -> [UInt64: String] {
  var feed = OutboxFeed(outbox, settings: ProducerSettings())
  var sender = feed.makeSender(name: "p", at: 0)
  return try feed.read(all: &sender, of: outbox, batch: batch)
}

extension OutboxFeed {
  /// Offers everything to a sender with endless credit, and gives it by number.
  mutating func read(all sender: inout BatchSender, of outbox: Outbox, batch: Int) throws -> [UInt64: String] {
    sender.pass(to: 0)
    sender.didSend(at: 0)
    let credit = Credit(events: 1 << 40, bytes: 1 << 40)
    let limits = BatchLimits(batchEvents: UInt64(batch))
    let welcome = Welcome(
      resumeAfter: outbox.acknowledgedThrough - outbox.base, credit: credit, limits: limits, heartbeatMilliseconds: 1_000_000)
    try sender.receive(.welcome(welcome), at: 0)
    var events: [UInt64: String] = [:]
    outbox.hasten()
    while try offer(to: &sender, at: 0) {
      while let outgoing = sender.next {
        if case .put(let put) = outgoing.message, let source = outgoing.source {
          let lines = String(decoding: try body(of: put, at: source), as: UTF8.self).split(separator: "\n")
          #expect(lines.count == put.count)
          for (index, line) in lines.enumerated() { events[number(of: put.firstSequence + UInt64(index))] = String(line) }
        }
        sender.didSend(at: 0)
      }
    }
    outbox.settle()
    return events
  }
}

/// An outbox on a disk that breaks.
@Suite struct OutboxTests {
  static func lines(_ range: ClosedRange<Int>) -> [UInt8] { Array(range.map { "event \($0)\n" }.joined().utf8) }

  func publish(_ range: ClosedRange<Int>, to outbox: Outbox) throws(OutboxError) {
    let last = try outbox.append(Self.lines(range), count: range.count, checkpoint: Array("\(range.upperBound)".utf8))
    #expect(last == UInt64(range.upperBound))
  }

  func expected(_ range: ClosedRange<Int>) -> [UInt64: String] {
    Dictionary(uniqueKeysWithValues: range.map { (UInt64($0), "event \($0)") })
  }

  @Test(arguments: [1, 2, 3, 100])
  func whatIsPublishedIsThereAgainInBatchesOfAnySize(batch: Int) throws {
    let storage = FaultyStorage()
    do {
      let outbox = try open(storage)
      #expect(try heldEvents(outbox) == [:])
      for first in stride(from: 1, through: 50, by: 5) { try publish(first...first + 4, to: outbox) }
    }
    let outbox = try open(storage)
    #expect(outbox.notices == [] && outbox.lastNumber == 50 && outbox.checkpoint == Array("50".utf8))
    #expect(try heldEvents(outbox, batch: batch) == expected(1...50))
    try outbox.acknowledge(through: 12, position: 0)
    #expect(try heldEvents(try open(storage), batch: batch) == expected(13...50))
  }

  @Test func aNewOutboxHasAnEpochOfItsOwnAndKeepsIt() throws {
    let (first, second) = (FaultyStorage(), FaultyStorage())
    let epoch = try open(first).epoch
    #expect(try open(first).epoch == epoch)
    #expect(try open(second).epoch != epoch)
  }

  // MARK: A broken disk

  @Test func aFailedSyncIsTheEnd() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    try publish(1...3, to: outbox)
    storage.faults.remainingSyncs = 0
    // The disk would say yes the second time, as Linux does.
    for _ in 0..<2 {
      #expect(throws: OutboxError.self) { try outbox.synchronize() }
      #expect(throws: OutboxError.self) { try outbox.prepare(sendingThrough: 3) }
      #expect(throws: OutboxError.self) { try outbox.append(Self.lines(4...4), count: 1) }
    }
    let error = #expect(throws: OutboxError.self) { try outbox.synchronize() }
    guard case .failed(let reason) = error else { throw Missing() }
    #expect(reason.contains("sync"))
  }

  @Test func aFailedSyncOfTheHeadIsTheEnd() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    try publish(1...3, to: outbox)
    storage.faults.remainingSyncs = 1
    let error = #expect(throws: OutboxError.self) { try outbox.prepare(sendingThrough: 3) }
    guard case .failed = error else { throw Missing() }
    #expect(throws: OutboxError.self) { try outbox.append(Self.lines(4...4), count: 1) }
  }

  private struct Missing: Error {}

  /// An outbox of which everything was promised: 1...12, the first four acknowledged.
  private func promised() throws -> FaultyStorage {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    for first in stride(from: 1, through: 12, by: 2) { try publish(first...first + 1, to: outbox) }
    try outbox.prepare(sendingThrough: 12)
    try outbox.acknowledge(through: 4, position: 0)
    return storage
  }

  /// What opening a changed outbox came to: everything that was promised is there, or it is refused by name.
  private func check(_ storage: FaultyStorage, _ what: String) throws -> (wasRefused: Bool, held: Int) {
    do {
      let outbox = try open(storage)
      let held = try heldEvents(outbox)
      for number in 5...12 as ClosedRange<UInt64> { #expect(held[number] == "event \(number)", "\(what)") }
      return (false, held.count)
    } catch let error as OutboxError {
      guard case .damaged(let path, let reason) = error else { throw error }
      #expect(path.hasPrefix("/faulty") && !reason.isEmpty, "\(what)")
      // The way out keeps what is whole, numbers it on, and says so.
      let outbox = try open(storage, renewing: true)
      #expect(outbox.notices.contains(.renewed), "\(what)")
      for (number, line) in try heldEvents(outbox) { #expect(line == "event \(number)", "\(what)") }
      _ = try outbox.append(Self.lines(1...1), count: 1)
      return (true, 0)
    }
  }

  @Test func aFlippedBitInAnyByteIsNamedOrDoesNotMatter() throws {
    let whole = try promised()
    var refusedCount = 0
    for name in whole.allNames {
      // Between its two places the head holds nothing.
      for index in whole[name].indices where name != "head" || index % 4_096 < 192 {
        let storage = whole.restart()
        storage[name][index] ^= 1 << UInt8(index % 8)
        if try check(storage, "\(name), byte \(index)").wasRefused { refusedCount += 1 }
      }
    }
    #expect(refusedCount > 300)
  }

  @Test func aCutAtAnyByteIsNamed() throws {
    let whole = try promised()
    let segment = "00000000000000000000.segment"
    for length in whole[segment].indices {
      let storage = whole.restart()
      storage[segment] = Array(whole[segment][..<length])
      #expect(try check(storage, "\(length) bytes").wasRefused)
    }
    for length in whole["head"].indices where length % 4_096 < 196 {
      let storage = whole.restart()
      storage["head"] = Array(whole["head"][..<length])
      let result = try check(storage, "head of \(length) bytes")
      #expect(!result.wasRefused && result.held >= 8)
    }
  }

  /// The canary of the two above: a change that is not looked for would be seen.
  @Test func theComparisonCanFail() throws {
    let storage = try promised()
    let held = try heldEvents(open(storage))
    #expect(held.count == 8 && held[5] == "event 5")
    let other = FaultyStorage()
    try publish(1...1, to: open(other))
    #expect(try heldEvents(open(other)) != held)
  }

  @Test func aLostHeadSendsEverythingUnderANewEpoch() throws {
    let storage = try promised()
    let epoch = try open(storage).epoch
    storage.discard("head")
    let outbox = try open(storage)
    #expect(outbox.notices == [.headLost(path: "/faulty/head")])
    #expect(outbox.epoch != epoch)
    #expect(try heldEvents(outbox) == expected(1...12))
  }

  @Test func aMissingSegmentIsNamed() throws {
    let storage = FaultyStorage()
    do {
      let outbox = try open(storage)
      let event = [UInt8](repeating: 65, count: 50_000) + [10]
      for _ in 0..<12 { _ = try outbox.append(event, count: 1) }
      try outbox.synchronize()
    }
    let segments = storage.allNames.filter { $0.hasSuffix(".segment") }
    #expect(segments.count > 4)
    for segment in segments {
      let copy = storage.restart()
      copy.discard(segment)
      let error = #expect(throws: OutboxError.self) { _ = try open(copy) }
      guard case .damaged = error else { throw Missing() }
      #expect(try open(copy, renewing: true).notices.contains(.renewed))
    }
  }

  @Test func aTornTailIsCutOffAndSaid() throws {
    let storage = try promised()
    let segment = "00000000000000000000.segment"
    storage[segment] += [84, 67, 82, 2, 9, 9, 9]
    let outbox = try open(storage)
    guard case .tornTail = outbox.notices.first else { throw Missing() }
    #expect(try heldEvents(outbox) == expected(5...12))
  }

  /// Where the mark that events may have been sent finds no space, they are not sent.
  @Test func withoutSpaceForItsMarkNothingIsSent() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    try publish(1...3, to: outbox)
    storage.faults.writesFail = true
    #expect(throws: OutboxError.self) { try outbox.prepare(sendingThrough: 3) }
    #expect(outbox.sentThrough == 0)
  }

  // MARK: Batches

  /// What a feed offers next, at a time in milliseconds.
  private func offered(_ feed: inout OutboxFeed, _ sender: inout BatchSender, at now: UInt64) throws -> Int? {
    guard try feed.offer(to: &sender, at: now * 1_000_000), case .put(let put) = sender.next?.message else { return nil }
    sender.didSend(at: now * 1_000_000)
    return put.count
  }

  @Test func batchesAreBoundByCountBytesTimeAndTheAggregatorsLimits() throws {
    let outbox = try open(FaultyStorage())
    var settings = ProducerSettings()
    settings.batchEventCount = 10
    settings.batchByteCount = 200
    var feed = OutboxFeed(outbox, settings: settings)
    var sender = feed.makeSender(name: "p", at: 0)
    func greet(_ limits: BatchLimits) throws {
      sender.pass(to: 0)
      sender.didSend(at: 0)
      let credit = Credit(events: 1_000, bytes: 1_000_000)
      try sender.receive(
        .welcome(Welcome(resumeAfter: 0, credit: credit, limits: limits, heartbeatMilliseconds: 1_000_000)), at: 0)
    }
    try publish(1...1, to: outbox)
    #expect(try offered(&feed, &sender, at: 0) == nil, "no session yet")
    try greet(BatchLimits())
    // One event waits its twenty milliseconds.
    #expect(try offered(&feed, &sender, at: 5) == nil)
    #expect(feed.deadline(for: sender) == 25_000_000)
    #expect(try offered(&feed, &sender, at: 24) == nil)
    #expect(try offered(&feed, &sender, at: 25) == 1)
    // Ten are a batch at once; what is left waits again.
    try publish(2...13, to: outbox)
    #expect(try offered(&feed, &sender, at: 26) == 10)
    #expect(try offered(&feed, &sender, at: 26) == nil)
    // By bytes: an event of 150 fills most of a batch, and one that is longer than all goes alone.
    _ = try outbox.append([UInt8](repeating: 65, count: 149) + [10], count: 1)
    _ = try outbox.append([UInt8](repeating: 65, count: 499) + [10], count: 1)
    _ = try outbox.append([UInt8](repeating: 65, count: 99) + [10], count: 1)
    #expect(try offered(&feed, &sender, at: 27) == 3)
    #expect(try offered(&feed, &sender, at: 27) == 1)
    #expect(try offered(&feed, &sender, at: 60) == nil)
    #expect(try offered(&feed, &sender, at: 80) == 1)
    // An aggregator that takes less is given less, whatever was published together.
    _ = try outbox.append(Self.lines(17...22), count: 6)
    try sender.receive(.bye, at: 81_000_000)
    try greet(BatchLimits(batchEvents: 4, batchBytes: 1_000, eventBytes: 1_000))
    while let outgoing = sender.next, case .put = outgoing.message { sender.didSend(at: 81) }
    #expect(try offered(&feed, &sender, at: 500) == 4)
    #expect(try offered(&feed, &sender, at: 500) == nil)
    #expect(try offered(&feed, &sender, at: 520) == 2)
    // A flush waits for nothing.
    try publish(23...23, to: outbox)
    outbox.hasten()
    #expect(try offered(&feed, &sender, at: 601) == 1)
    outbox.settle()
  }

  @Test func damageUnderTheHandIsNotSent() throws {
    let storage = FaultyStorage()
    let outbox = try open(storage)
    try publish(1...3, to: outbox)
    try publish(4...6, to: outbox)
    var settings = ProducerSettings()
    settings.batchEventCount = 3
    var feed = OutboxFeed(outbox, settings: settings)
    var sender = feed.makeSender(name: "p", at: 0)
    sender.pass(to: 0)
    sender.didSend(at: 0)
    let credit = Credit(events: 1_000, bytes: 1_000_000)
    try sender.receive(.welcome(Welcome(resumeAfter: 0, credit: credit, heartbeatMilliseconds: 1_000)), at: 0)
    #expect(try offered(&feed, &sender, at: 0) == 3)
    #expect(try offered(&feed, &sender, at: 0) == 3)
    storage["00000000000000000000.segment"][90] ^= 1
    try sender.receive(.bye, at: 0)
    sender.pass(to: 1_000_000_000)
    sender.didSend(at: 1_000_000_000)
    try sender.receive(.welcome(Welcome(resumeAfter: 0, credit: credit, heartbeatMilliseconds: 1_000)), at: 0)
    let outgoing = try #require(sender.next)
    guard case .put(let put) = outgoing.message, let source = outgoing.source else { throw Missing() }
    let error = #expect(throws: ProducerError.self) { _ = try feed.body(of: put, at: source) }
    guard case .outbox(.damaged) = error else { throw Missing() }
  }

  // MARK: Copies

  @Test func aCopyBeginsANewEpochAndKeepsItsNumbers() throws {
    let storage = try promised()
    let epoch = try open(storage).epoch
    for origin in [
      FileOrigin(inode: 9, birthNanoseconds: 8, machine: [1, 2, 3]),
      FileOrigin(inode: 7, birthNanoseconds: 9, machine: [1, 2, 3]),
      FileOrigin(inode: 7, birthNanoseconds: 8, machine: [1, 2, 4]),
    ] {
      let copy = storage.restart()
      let outbox = try open(copy, at: origin)
      #expect(outbox.notices == [.copied(path: "/faulty")])
      #expect(outbox.epoch != epoch && outbox.base == 4 && outbox.sentThrough == 4)
      #expect(try heldEvents(outbox) == expected(5...12))
      // From now on it is at home there.
      let kept = outbox.epoch
      let again = try open(copy, at: origin)
      #expect(again.notices == [] && again.epoch == kept)
    }
    #expect(try open(storage).epoch == epoch)
  }

  @Test func anotherNameBeginsANewEpoch() throws {
    let storage = try promised()
    let epoch = try open(storage).epoch
    let outbox = try open(storage, name: "q")
    #expect(outbox.notices == [.renamed("q")] && outbox.epoch != epoch && outbox.base == 4)
    #expect(try heldEvents(outbox) == expected(5...12))
    #expect(try open(storage, name: "q").notices == [])
  }

  @Test func theMachinesIdentityIsNotKept() throws {
    let storage = FaultyStorage()
    let machine = Array("0123456789abcdef0123456789abcdef".utf8)
    _ = try open(storage, at: FileOrigin(inode: 1, birthNanoseconds: 2, machine: machine))
    let head = storage["head"]
    #expect(!head.indices.contains { head[$0...].starts(with: machine.prefix(8)) })
  }

  @Test func aLaterFormatIsRefused() throws {
    let storage = try promised()
    var head = storage["head"]
    for place in [0, 4_096] {
      head[place + 8] = 2
      let check = CRC32C.checksum(
        head.span.extracting(place + 16..<place + 192), continuing: CRC32C.checksum(head.span.extracting(place..<place + 12)))
      for index in 0..<4 { head[place + 12 + index] = UInt8(truncatingIfNeeded: check >> UInt32(index * 8)) }
    }
    storage["head"] = head
    #expect(throws: OutboxError.unsupportedVersion(path: "/faulty/head", version: 2)) { _ = try open(storage) }
  }

  // MARK: Loss of power

  /// Publishes, syncs and acknowledges at random until the power goes; what was promised and not acknowledged must be there.
  private func run(_ seed: UInt64, lies: Bool = false) throws -> Bool {
    var random = SeededGenerator(seed: seed)
    var storage = FaultyStorage()
    var promisedThrough: UInt64 = 0
    var acknowledgedThrough: UInt64 = 0
    for _ in 0..<6 {
      let outbox: Outbox
      // Sometimes the power goes while the outbox is opened.
      if random.happens(300) { storage.faults.remainingOperations = Int.random(in: 0..<40, using: &random) }
      do throws(OutboxError) {
        outbox = try open(storage)
      } catch {
        guard case .failed = error else { return false }
        storage = storage.crash(&random)
        continue
      }
      storage.faults.remainingOperations = .max
      let held = try heldEvents(outbox)
      for number in acknowledgedThrough + 1..<promisedThrough + 1 where held[number] != "event \(number)" { return false }
      guard outbox.lastNumber >= promisedThrough, outbox.acknowledgedThrough <= max(promisedThrough, acknowledgedThrough)
      else { return false }
      // What was not promised may be gone: it is published again.
      #expect(outbox.checkpoint == (outbox.lastNumber == 0 ? [] : Array("\(outbox.lastNumber)".utf8)), "seed \(seed)")
      storage.faults.syncLies = lies
      storage.faults.remainingOperations = Int.random(in: 1..<120, using: &random)
      do throws(OutboxError) {
        while true {
          let first = Int(outbox.lastNumber) + 1
          try publish(first...first + Int.random(in: 0..<4, using: &random), to: outbox)
          switch Int.random(in: 0..<4, using: &random) {
          case 0:
            try outbox.synchronize()
            promisedThrough = outbox.lastNumber
          case 1:
            let last = outbox.lastNumber
            try outbox.prepare(sendingThrough: last)
            promisedThrough = last
          case 2 where promisedThrough > 0:
            let through = UInt64.random(in: 0...promisedThrough, using: &random)
            acknowledgedThrough = max(acknowledgedThrough, through)
            try outbox.acknowledge(through: through, position: 0)
          default: break
          }
        }
      } catch {}
      storage = storage.crash(&random)
    }
    return true
  }

  @Test(arguments: 0..<96 as Range<UInt64>)
  func aLossOfPowerTakesNothingThatWasPromised(seed: UInt64) throws {
    #expect(try run(seed), "seed \(seed)")
  }

  /// The canary: a disk that lies about its syncs is found out.
  @Test func aDiskThatLiesIsFoundOut() throws {
    let foundCount = try (0..<32 as Range<UInt64>).filter { try !run($0, lies: true) }.count
    #expect(foundCount > 8, "\(foundCount)")
  }
}
