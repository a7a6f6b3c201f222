import Foundation
import TestSupport

/// An aggregator and four producers with outboxes under load, killed at random instants, round after round.
final class Chaos {
  struct Failed: Error, CustomStringConvertible { let description: String }

  /// What was killed while it had something to do.
  struct Tally: CustomStringConvertible {
    var rounds = 0
    var daemonKills = 0
    var startKills = 0
    var producerKills = 0
    var roundsKilledUnderLoad = 0

    var description: String {
      "\(rounds) rounds, \(roundsKilledUnderLoad) of them killed under load: the aggregator \(daemonKills) times, \(startKills) times more "
        + "while it started, a producer \(producerKills) times"
    }
  }

  static let producerCount = 4

  let folder: TemporaryFolder
  let store: String
  /// What each producer was given so far.
  private(set) var lines: [[String]]
  private(set) var tally = Tally()
  private let arguments: [String]
  private let script: [[String]]
  private let chunk: Int
  private var generator: SeededGenerator
  private var daemon: Daemon
  private let endpoint: String
  private var producers: [Child?]

  /// - Parameters:
  ///   - rounds: how many there will be.
  ///   - eventCount: that each producer is given in each.
  init(seed: UInt64, rounds: Int, eventCount: Int) throws {
    generator = SeededGenerator(seed: seed)
    chunk = eventCount
    folder = try TemporaryFolder()
    store = folder.path("store")
    script = (0..<Self.producerCount).map { producer in
      Stream.lines(seed: seed &+ UInt64(producer), count: (rounds + 1) * eventCount, secondsApart: 3)
        .map { $0.replacingOccurrences(of: "\"city/", with: "\"town-\(producer)/") }
    }
    lines = Array(repeating: [], count: Self.producerCount)
    producers = Array(repeating: nil, count: Self.producerCount)
    let config = folder.path("tocsin.toml")
    // Snapshots as often as can be, and segments that end: more that a kill may fall into.
    try Data("version = 1\n[journal]\nrecoverySeconds = 0\nsegmentMebibytes = 1\n".utf8).write(to: URL(filePath: config))
    arguments = ["--config", config]
    daemon = try Daemon(store: store, log: folder, arguments: arguments)
    endpoint = daemon.endpoint
  }

  /// Without a kill: how long a round takes on this machine, in microseconds.
  func calmRound() throws -> UInt32 {
    let start = ContinuousClock.now
    try publish()
    try finish()
    return max(20_000, UInt32(start.duration(to: .now) / .microseconds(1)))
  }

  /// One round: each producer is given more, and at an instant within the given time the aggregator, producers, or both are killed.
  func round(within microseconds: UInt32) throws {
    tally.rounds += 1
    try publish()
    usleep(UInt32.random(in: 0..<microseconds, using: &generator))
    let kind = Int.random(in: 0..<3, using: &generator)
    let victims = (0..<Self.producerCount).filter { _ in kind > 0 && Bool.random(using: &generator) }
    let isUnderLoad = producers.contains { $0?.isRunning ?? false }
    tally.roundsKilledUnderLoad += isUnderLoad ? 1 : 0
    // Both at once where both are meant.
    for index in victims { producers[index]?.signal(SIGKILL) }
    if kind != 1 {
      daemon.kill()
      tally.daemonKills += isUnderLoad ? 1 : 0
      if Int.random(in: 0..<4, using: &generator) == 0 { try killWhileStarting() }
      daemon = try Daemon(store: store, endpoint: endpoint, log: folder, arguments: arguments)
    }
    for index in victims where producers[index]?.wait() == -SIGKILL {
      tally.producerKills += 1
      producers[index] = try producer(index)
    }
    try finish()
  }

  /// Stops the aggregator as an operator does.
  func stop() throws {
    let status = daemon.stop()
    guard status == 0 else { throw Failed(description: "serve ended with \(status): \(daemon.log)") }
  }

  private func publish() throws {
    for index in script.indices {
      let given = lines[index].count
      let more = script[index].dropFirst(given).prefix(chunk)
      lines[index] += more
      let path = folder.path("stream-\(index)")
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(filePath: path)) }
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data(more.map { $0 + "\n" }.joined().utf8))
      try file.close()
      producers[index] = try producer(index)
    }
  }

  private func producer(_ index: Int) throws -> Child {
    try Child(
      [
        Tocsin.binary.path, "send", folder.path("stream-\(index)"), "--to", endpoint, "--outbox", folder.path("outbox-\(index)"),
        "--name", "producer-\(index)", "--batch", "7",
      ], errors: folder.path("errors-\(index)"))
  }

  /// Waits until every producer has been told that all it was given is kept.
  private func finish() throws {
    let end = ContinuousClock.now + .seconds(120)
    for index in script.indices {
      while let child = producers[index], child.isRunning {
        guard ContinuousClock.now < end else { throw Failed(description: "producer \(index) hangs: \(errors(index))") }
        usleep(2_000)
      }
      // 1: another process has sent everything before it was killed.
      guard let status = producers[index]?.wait(), [0, 1].contains(status) else {
        throw Failed(description: "producer \(index) ended with \(producers[index]?.wait() ?? -1): \(errors(index))")
      }
      producers[index] = nil
    }
  }

  private func errors(_ index: Int) -> String {
    String(((try? String(contentsOfFile: folder.path("errors-\(index)"), encoding: .utf8)) ?? "").suffix(2_000))
  }

  private func killWhileStarting() throws {
    let child = try Child(
      [Tocsin.binary.path, "serve", "--store", store, "--endpoint", endpoint] + arguments, errors: folder.path("killed.log"))
    usleep(UInt32.random(in: 0..<60_000, using: &generator))
    tally.startKills += 1
    child.signal(SIGKILL)
    child.wait()
  }
}
