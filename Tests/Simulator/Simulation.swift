import TestSupport

/// One run of the whole service: producers with their outboxes, a network, and the aggregator with its disks and clock, all in one
/// thread and one virtual time. One seed is one schedule.
///
/// The real intake, decoder, journal, engine, archive (SQLite over a faulty disk in memory), outbox and state machines run in it;
/// the simulator only says when each does its next step, and what goes wrong. Faults end at some moment; then everything that was
/// published must be acknowledged within a bound, and the store must equal what the simulator itself knows.
package final class Simulation {
  /// What a run came to.
  package struct Outcome: Sendable {
    package var seed: UInt64
    package var violation: Violation?
    package var tally: Tally
    /// The same for two runs of one seed.
    package var trace: UInt64
  }

  /// Ticks after the last fault in which everything must have been acknowledged and stored.
  private static let patienceTicks = 20_000

  private let seed: UInt64
  private var random: SeededGenerator
  private let weather: Weather
  private let network: Network
  private let aggregator: AggregatorMachine
  private let producers: [ProducerMachine]
  private var isHealed = false
  private var ticksSinceHealing = 0
  private var tally = Tally()
  private var rotsAt: UInt64?

  /// - Parameter narrator: is told what happens, line by line.
  package init(seed: UInt64, bug: PlantedBug? = nil, narrator: (@Sendable (String) -> Void)? = nil) {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    let weather = Weather(&random)
    let network = Network(seed: random.next(), latencyMilliseconds: weather.latencyMilliseconds)
    network.narrator = narrator
    let aggregator = AggregatorMachine(network: network, weather: weather, bug: bug)
    let producers = Script.events(weather, &random).enumerated().map { number, script in
      ProducerMachine(number: number, script: script, network: network, weather: weather, bug: bug, seed: random.next())
    }
    if weather.hasRot { rotsAt = UInt64.random(in: 0..<weather.healsAt, using: &random) }
    aggregator.startFaults(&random)
    for producer in producers { producer.startFaults() }
    self.random = random
    self.weather = weather
    self.network = network
    self.aggregator = aggregator
    self.producers = producers
    if bug == .losesAnswers { network.deafProducer = 0 }
  }

  /// Runs to the end, or to the first violation.
  package func run() -> Outcome {
    var violation: Violation?
    do throws(Violation) {
      while !isDone { try tick() }
      try Verdict(aggregator, producers, seed: seed).check()
    } catch {
      violation = error
    }
    tally.runs = 1
    for machine in producers {
      tally = tally + machine.tally
      tally.newEpochs += machine.newEpochs
      tally.publishedEvents += machine.script.count
      tally.acknowledgedEvents += machine.answeredThrough
      tally.disks += machine.disk.counts
      if machine.namedRot != nil { tally.rotNamed += 1 }
    }
    tally = tally + aggregator.tally
    tally.disks += aggregator.journal.counts
    tally.disks += aggregator.summaries.counts
    tally.disks += aggregator.snapshots.counts
    if aggregator.namedRot != nil { tally.rotNamed += 1 }
    return Outcome(seed: seed, violation: violation, tally: tally, trace: network.trace)
  }

  private var isDone: Bool {
    if aggregator.isOver { return true }
    guard isHealed, producers.allSatisfy({ $0.isDone || $0.isOver }) else { return false }
    return aggregator.isUp && aggregator.isStored
  }

  private func tick() throws(Violation) {
    tally.ticks += 1
    advance()
    if !isHealed {
      if network.now >= weather.healsAt { heal() } else { injectFaults() }
    } else {
      ticksSinceHealing += 1
      guard ticksSinceHealing < Self.patienceTicks else { throw Violation("hang: \(state)") }
    }
    for index in (-1..<producers.count).shuffled(using: &random) {
      if index < 0 { try aggregator.step(&random) } else { try producers[index].step() }
    }
    for producer in producers {
      try producer.check()
      if let forgotten = producer.forgotten, aggregator.namedRot == nil { throw Violation(forgotten) }
    }
  }

  private var state: String {
    let sides = producers.map { "\($0.answeredThrough) of \($0.script.count)\($0.isOver ? " (over)" : "")" }
    return "acknowledged \(sides.joined(separator: ", ")); the aggregator is \(aggregator.isUp ? "up" : "down"), "
      + (aggregator.isStored ? "all stored" : "not all stored")
  }

  /// Lets time pass: a little where somebody has work, else to the next moment at which somebody may.
  private func advance() {
    let little = network.now + 20_000 + random.next() % 1_500_000
    var next = network.now + 250_000_000
    if aggregator.hasWork { next = little }
    if !aggregator.isUp { next = min(next, max(aggregator.downUntil, aggregator.pausedUntil)) }
    if let arrival = network.nextArrival { next = min(next, arrival) }
    for deadline in producers.compactMap(\.deadline) { next = min(next, deadline) }
    network.now = max(little, next)
  }

  private func heal() {
    isHealed = true
    aggregator.heal()
    for producer in producers { producer.heal() }
    network.partitionedUntil = [:]
  }

  private func injectFaults() {
    if random.happens(weather.aggregatorKillPerMille) { aggregator.kill(&random) }
    if random.happens(weather.aggregatorPowerLossPerMille) { aggregator.losePower(&random) }
    if random.happens(weather.aggregatorStopPerMille) { aggregator.stop() }
    if random.happens(weather.aggregatorPausePerMille) {
      aggregator.pausedUntil = network.now + random.next() % 15_000_000_000
      tally.aggregatorPauses += 1
    }
    if random.happens(weather.clockJumpPerMille) {
      aggregator.wallOffsetMicroseconds = Int64.random(in: -5 * 3_600_000_000...5 * 3_600_000_000, using: &random)
      tally.clockJumps += 1
    }
    if random.happens(weather.disconnectPerMille), network.breakOne(&random) { tally.disconnections += 1 }
    if random.happens(weather.rubbishPerMille) { sendRubbish() }
    if random.happens(weather.fullDiskPerMille) {
      let index = Int.random(in: -1..<producers.count, using: &random)
      if index < 0 { aggregator.fill(&random) } else { producers[index].fill() }
    }
    if let time = rotsAt, network.now >= time {
      rotsAt = nil
      if random.happens(600) { aggregator.rotBit(&random) } else { producers.randomElement(using: &random)?.rotBit() }
    }
    for producer in producers {
      if random.happens(weather.producerKillPerMille) { producer.kill() }
      if random.happens(weather.producerPowerLossPerMille) { producer.losePower() }
      if random.happens(weather.partitionPerMille) {
        network.partitionedUntil[producer.number] = network.now + random.next() % 8_000_000_000
        tally.partitions += 1
      }
    }
  }

  /// A stranger sends what is no message, or half of one.
  private func sendRubbish() {
    guard let connection = network.connect(-1) else { return }
    tally.rubbish += 1
    let verb = UInt8.random(in: 0...12, using: &random)
    var frames: [[UInt8]] = [Array("TCSN".utf8) + [1, verb]]
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let choice = random.happens(500)
      frames.append(
        choice ? Array("{\"epoch\":1}".utf8) : (0..<Int.random(in: 0...40, using: &random)).map { _ in random.byte() })
    }
    if random.happens(300) { frames[0] = [random.byte()] }
    _ = network.send(frames, on: connection)
    network.leave(connection)
  }
}

extension SeededGenerator {
  fileprivate mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
