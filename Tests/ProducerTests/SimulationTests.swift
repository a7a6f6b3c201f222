import Reports
import Testing
import TocsinProducer
import Wire

@Suite struct SimulationTests {
  private func check(
    _ seed: UInt64, eventCount: Int = 150, _ weather: Simulation.Weather, hasOutbox: Bool = false
  ) throws -> Simulation {
    var simulation = try Simulation(seed: seed, eventCount: eventCount, weather: weather, hasOutbox: hasOutbox)
    try simulation.run()
    simulation.checkEnd()
    let faults = simulation.faults.prefix(3)
    #expect(faults == [], "seed \(seed)")
    return simulation
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func inGoodWeatherEveryVerdictArrives(seed: UInt64) throws {
    let simulation = try check(seed, .init())
    let expected = (1...150).filter { Simulation.verdict($0) != .accepted }.map { UInt64($0) }
    #expect(simulation.exceptions.map(\.sequence) == expected, "seed \(seed)")
    #expect(simulation.sender.summary.alreadyHeld == 0)
    #expect(simulation.sender.summary.resentBatches == 0)
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func lossIsMended(seed: UInt64) throws {
    _ = try check(seed, .init(lossPerMille: 30 + seed * 3))
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func killsAreSurvived(seed: UInt64) throws {
    _ = try check(seed, .init(killPerMille: 10 + seed))
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func everythingAtOnceIsSurvived(seed: UInt64) throws {
    _ = try check(seed, .init(lossPerMille: 50, killPerMille: 20, busyPerMille: 100))
  }

  @Test func theWeatherIsBadEnoughToMatter() throws {
    var resent: UInt64 = 0
    var held: UInt64 = 0
    var kills = 0
    for seed in 0..<16 as Range<UInt64> {
      let simulation = try check(seed, .init(lossPerMille: 50, killPerMille: 20, busyPerMille: 100))
      resent += simulation.sender.summary.resentBatches
      held += simulation.sender.summary.alreadyHeld
      kills += simulation.killCount
    }
    #expect(resent > 0 && held > 0 && kills > 16, "\(resent) resent, \(held) held, \(kills) kills")
  }

  // MARK: With an outbox

  @Test(arguments: 0..<16 as Range<UInt64>)
  func anOutboxInGoodWeatherTellsEveryVerdict(seed: UInt64) throws {
    let simulation = try check(seed, .init(), hasOutbox: true)
    let expected = (1...150).filter { Simulation.verdict($0) != .accepted }.map { UInt64($0) }
    #expect(simulation.exceptions.map(\.sequence) == expected, "seed \(seed)")
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func anOutboxSurvivesKillsOnBothSides(seed: UInt64) throws {
    let weather = Simulation.Weather(
      lossPerMille: seed % 60, killPerMille: 10, busyPerMille: 50, producerKillPerMille: 5 + seed % 40)
    _ = try check(seed, weather, hasOutbox: true)
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func anOutboxSurvivesLossesOfPower(seed: UInt64) throws {
    let weather = Simulation.Weather(lossPerMille: 30, killPerMille: 10, busyPerMille: 50, powerLossPerMille: 5 + seed % 40)
    _ = try check(seed, weather, hasOutbox: true)
  }

  /// The canary: where syncs are lies, a loss of power takes what was sent, and that is found out.
  @Test func aDiskThatLiesIsFoundOut() throws {
    var found = 0
    var kills = 0
    for seed in 0..<16 as Range<UInt64> {
      var simulation = try Simulation(
        seed: seed, eventCount: 150, weather: .init(powerLossPerMille: 40, isLyingDisk: true), hasOutbox: true)
      do {
        try simulation.run()
        simulation.checkEnd()
      } catch { simulation.fail("\(error)") }
      kills += simulation.producerKillCount
      if !simulation.faults.isEmpty { found += 1 }
    }
    #expect(found > 8 && kills > 16, "\(found) found of 16, \(kills) losses of power")
  }

  /// The canary: an aggregator that acknowledges what it does not store is found out.
  @Test func anAggregatorThatForgetsIsFoundOut() throws {
    var found = 0
    for seed in 0..<8 as Range<UInt64> {
      var simulation = try Simulation(seed: seed, eventCount: 150, weather: .init(lossPerMille: 20, isForgetful: true))
      try simulation.run()
      simulation.checkEnd()
      if !simulation.faults.isEmpty { found += 1 }
    }
    #expect(found == 8)
  }
}
