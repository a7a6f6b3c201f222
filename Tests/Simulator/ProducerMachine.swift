import Platform
import Reports
import TestSupport
import TocsinProducer
import Wire

/// A machine on which an application publishes what the script says: its disk, its outbox and its side of the conversation.
final class ProducerMachine {
  let number: Int
  let script: [ScriptedEvent]
  private let network: Network
  private let weather: Weather
  private let bug: PlantedBug?
  private let name: String
  private(set) var disk = FaultyStorage()
  private var outbox: Outbox?
  private var conversation: Conversation?
  private var carrier: ScriptedCarrier
  private var random: SeededGenerator
  private var publishesAt: UInt64 = 0
  private var downUntil: UInt64 = 0
  private var failuresBefore = 0
  private(set) var isHealed = false
  private(set) var rot: (name: String, offset: Int)?
  /// What the outbox said of the rot, or why nothing more can be sent.
  private(set) var namedRot: String?
  private(set) var isOver = false
  /// What it said when the aggregator no longer knew what it had acknowledged.
  private(set) var forgotten: String?
  private(set) var newEpochs = 0
  /// Whether something may have been sent under two epochs: an outbox that has lost its head begins one, too.
  var hasNewEpoch: Bool { newEpochs > 0 || rot?.name == "head" }

  // What the simulator knows by itself: event n of the outbox is the script's n-th.
  /// The last that was handed over with success, and the last that may be there although it was not.
  private var publishedThrough = 0
  private var attemptedThrough = 0
  /// The last that no loss of power may take.
  private var durableThrough = 0
  /// The last that must be there when the outbox is opened again.
  private var survivingThrough = 0
  /// The last that was answered for, and in this life.
  private(set) var answeredThrough = 0
  private var answeredInThisLife = 0
  var tally = Tally()

  init(number: Int, script: [ScriptedEvent], network: Network, weather: Weather, bug: PlantedBug?, seed: UInt64) {
    self.number = number
    self.script = script
    self.network = network
    self.weather = weather
    self.bug = bug
    name = "producer-\(number)"
    carrier = ScriptedCarrier(network: network, producer: number)
    random = SeededGenerator(seed: seed)
  }

  var isDone: Bool { publishedThrough == script.count && answeredThrough == script.count }
  private var failures: Int { disk.counts.failures }
  private var isDead: Bool { disk.faults.remainingOperations <= 0 }

  /// When something is due; nil for never.
  var deadline: UInt64? {
    if isOver { return nil }
    guard outbox != nil else { return downUntil }
    return [conversation?.deadline, carrier.reconnectAt, publishedThrough < script.count ? publishesAt : nil].compactMap { $0 }
      .min()
  }

  // MARK: Its life

  func step() throws(Violation) {
    if isOver { return }
    guard outbox != nil else {
      if network.now >= downUntil { try start() }
      return
    }
    if network.now >= publishesAt, publishedThrough < script.count { try publish() }
    guard conversation != nil else { return }
    do throws(ProducerError) {
      _ = try conversation?.turn(at: network.now + 1_000, over: &carrier)
    } catch {
      try mend(error)
    }
    // What is told now has been on the disk before it was sent.
    if let outbox { durableThrough = max(durableThrough, Int(min(outbox.sentThrough, outbox.lastNumber))) }
  }

  private func start() throws(Violation) {
    network.tell("\(name) starts")
    tally.producerStarts += 1
    failuresBefore = failures
    if bug == .forgetsWhatWasSent { disk.discard("head") }
    let origin = FileOrigin(inode: UInt64(number), birthNanoseconds: 1, machine: [])
    let outbox: Outbox
    do throws(OutboxError) {
      outbox = try Outbox(disk, name: name, limitByteCount: Outbox.leastLimitByteCount) { () throws(SystemError) in origin }
    } catch {
      try explain("an outbox did not open", "\(error)")
      if namedRot != nil { isOver = true }
      return end()
    }
    for notice in outbox.notices {
      if case .tornTail(let what) = notice {
        if let rot, what.contains(rot.name) { namedRot = what }
        continue
      }
      guard bug == .forgetsWhatWasSent || rot?.name == "head" || isFirstStart else {
        throw Violation("\(name): \(notice)")
      }
    }
    let last = Int(outbox.lastNumber)
    guard namedRot != nil || (survivingThrough...attemptedThrough).contains(last) else {
      throw Violation("\(name): the outbox ends at \(last), not within \(survivingThrough)...\(attemptedThrough)")
    }
    let mark = outbox.checkpoint.reduce(0) { $0 << 8 | Int($1) }
    guard mark == last else { throw Violation("\(name): the checkpoint says \(mark), the outbox ends at \(last)") }
    (publishedThrough, attemptedThrough) = (last, last)
    self.outbox = outbox
    converse()
  }

  private var isFirstStart: Bool { attemptedThrough == 0 }

  private func converse() {
    guard let outbox else { return }
    var settings = ProducerSettings()
    settings.batchEventCount = weather.batchEventCount
    settings.jitterSeed = random.next()
    leaveConversation()
    carrier = ScriptedCarrier(network: network, producer: number)
    var conversation = Conversation(name: name, outbox: outbox, settings: settings, at: network.now)
    let base = Int(outbox.base)
    answeredInThisLife = Int(outbox.acknowledgedThrough)
    conversation.onSettlement = { [unowned self] in self.note($0, base: base) }
    self.conversation = conversation
  }

  private func leaveConversation() {
    tally.resentBatches += Int(conversation?.sender.summary.resentBatches ?? 0)
    conversation = nil
    carrier.leave()
  }

  /// Publishes the script's next events, with a mark of how far it has come.
  private func publish() throws(Violation) {
    guard let outbox else { return }
    publishesAt = network.now + random.next() % (UInt64(weather.publishPauseMilliseconds) * 1_000_000)
    let count = min(Int.random(in: 1...weather.publishedAtOnce, using: &random), script.count - publishedThrough)
    let events = script[publishedThrough..<publishedThrough + count]
    let body = Array(events.map(\.line).joined().utf8)
    let through = publishedThrough + count
    attemptedThrough = through
    do throws(OutboxError) {
      let last = try outbox.append(body, count: count, checkpoint: [UInt8(through >> 8), UInt8(through & 255)])
      guard last == UInt64(through) else { throw .failed("\(name): \(last) was given, \(through) is due") }
      publishedThrough = through
      if random.happens(200) {
        try outbox.synchronize()
        durableThrough = through
      }
    } catch {
      switch error {
      case .full: break
      // Nothing was taken, and the same call may succeed.
      case .diskFull: if publishedThrough < through { attemptedThrough = publishedThrough }
      default:
        try explain("an outbox took nothing", "\(error)")
        end()
      }
    }
  }

  /// What the library's thread does with an error.
  private func mend(_ error: ProducerError) throws(Violation) {
    if let notice = error.renewal, let outbox {
      // What a process sent before it was killed may come after what the next one says: then the aggregator takes the dead one for
      // the later, and this one for a copy. A new epoch costs some sending again, and is safe.
      guard notice == .epochInUse || bug != nil || rot != nil else { throw Violation("\(name): \(notice)") }
      newEpochs += 1
      do throws(OutboxError) { try outbox.renew() } catch { return try fail("\(error)") }
      return converse()
    }
    if case .forgotten = error {
      forgotten = "\(name): \(error)"
      isOver = true
      return end()
    }
    try fail("\(error)")
  }

  private func fail(_ error: String) throws(Violation) {
    try explain("a producer cannot go on", error)
    if namedRot != nil { isOver = true }
    end()
  }

  private func end(losesPower: Bool = false) {
    let old = disk
    let isPowerLoss = losesPower || isDead
    network.tell("\(name) ends\(isPowerLoss ? ", for it has lost its power" : "")")
    if isPowerLoss { tally.producerPowerLosses += 1 }
    // What was taken outlives the process, but not a failed sync, which its application was told of.
    survivingThrough = isPowerLoss || failures > failuresBefore ? durableThrough : publishedThrough
    disk = isPowerLoss ? old.crash(&random) : old.restart()
    old.die()
    if !isHealed { disk.faults.chances = weather.chances(&random) }
    leaveConversation()
    outbox = nil
    downUntil = network.now + random.next() % 2_000_000_000
  }

  func kill() {
    guard outbox != nil else { return }
    tally.producerKills += 1
    end()
  }

  /// The power goes: now, or after some more operations of the disk.
  func losePower() {
    if isDead { return }
    if random.happens(500) {
      disk.faults.remainingOperations = Int.random(in: 0...30, using: &random)
    } else if outbox != nil {
      end(losesPower: true)
    }
  }

  // MARK: What it hears

  private var complaints: [String] = []

  private func note(_ settlement: BatchSender.Settlement, base: Int) {
    let first = base + Int(settlement.sequences.lowerBound)
    let last = base + Int(settlement.sequences.upperBound)
    if first != answeredInThisLife + 1 { complaints.append("\(first) is answered for after \(answeredInThisLife)") }
    if last > attemptedThrough { complaints.append("\(last) is answered for, \(attemptedThrough) are published") }
    answeredInThisLife = last
    answeredThrough = max(answeredThrough, last)
    guard let exceptions = settlement.exceptions else { return }
    var rest = exceptions[...]
    for number in first...last where number <= script.count {
      let isNamed = rest.first.map { base + Int($0.sequence) == number } ?? false
      let exception = isNamed ? rest.removeFirst() : nil
      if !isExpected(exception, of: script[number - 1]) {
        complaints.append("event \(number) (\(script[number - 1].kind)): \(exception.map { "\($0)" } ?? "accepted")")
      }
    }
    if !rest.isEmpty { complaints.append("\(rest.count) exceptions are of no event that is answered for") }
  }

  private func isExpected(_ exception: EventException?, of event: ScriptedEvent) -> Bool {
    guard let exception else { return event.kind != .malformed }
    if exception.verdict == .duplicate, exception.code == "cursor" { return true }
    let isIdentity = exception.verdict == .duplicate
    return switch event.kind {
    // Under a new epoch it may have come before.
    case .unique: isIdentity && hasNewEpoch
    case .copied: isIdentity
    case .contested: isIdentity || exception.code == "conflict"
    case .malformed: exception.verdict == .rejected && exception.code == "missing-member"
    }
  }

  /// What was wrong with what it heard.
  func check() throws(Violation) {
    if let complaint = complaints.first { throw Violation("\(name): \(complaint)") }
  }

  // MARK: Its faults

  func startFaults() { disk.faults.chances = weather.chances(&random) }

  func heal() {
    isHealed = true
    disk.faults.chances = nil
    disk.faults.capacity = .max
    if disk.faults.remainingOperations > 0 { disk.faults.remainingOperations = .max }
  }

  func fill() {
    let isFull = disk.faults.capacity < .max
    disk.faults.capacity = isFull ? .max : disk.byteCount + Int.random(in: 0...2_048, using: &random)
    if !isFull { tally.fullDisks += 1 }
  }

  func rotBit() {
    guard rot == nil else { return }
    rot = disk.rot(disk.allNames, &random)
    guard let rot else { return }
    network.tell("\(name): a bit flips at \(rot.offset) of \(rot.name)")
    tally.rottenBits += 1
  }

  private func explain(_ what: String, _ error: String) throws(Violation) {
    network.tell("\(name): \(what): \(error)")
    if isDead || failures > failuresBefore { return }
    if rot != nil {
      namedRot = error
      return
    }
    throw Violation("\(name): \(what) without a cause: \(error)")
  }
}
