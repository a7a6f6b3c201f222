import TestSupport
import Wire

/// Connections between producers and the aggregator: each keeps the order of its messages, delays them, and loses what is under way
/// when it breaks. No message is lost otherwise, as with TCP.
final class Network {
  private struct Packet {
    var arrivesAt: UInt64
    var frames: [[UInt8]]
  }

  private struct Pipe {
    let producer: Int
    /// Its own, so that the order in which the aggregator looks at its connections changes nothing.
    var random: SeededGenerator
    /// Whether the aggregator, and the producer, still has its end.
    var isOpenAtAggregator = true
    var isOpenAtProducer = true
    var toAggregator: [Packet] = []
    var toProducer: [Packet] = []
  }

  /// Messages that wait for one side before the other has to.
  private static let highWaterMark = 64

  private var pipes: [Int: Pipe] = [:]
  private var count = 0
  private let seed: UInt64
  private let latencyNanoseconds: UInt64
  /// World time, nanoseconds.
  var now: UInt64 = 0
  /// Whether somebody listens.
  var isListening = false
  /// Until when a producer and the aggregator cannot reach each other.
  var partitionedUntil: [Int: UInt64] = [:]
  /// What goes over it, folded: two runs with the same trace were the same.
  private(set) var trace: UInt64 = 0
  /// Is told what happens; nil for nobody.
  var narrator: (@Sendable (String) -> Void)?
  /// The canary: a producer whose answers never come.
  var deafProducer: Int?

  init(seed: UInt64, latencyMilliseconds: Int) {
    self.seed = seed
    latencyNanoseconds = UInt64(latencyMilliseconds) * 1_000_000
  }

  /// Tells what happens, with the time in milliseconds.
  func tell(_ text: @autoclosure () -> String) { narrator?("\(now / 1_000_000) ms: \(text())") }

  private func isPartitioned(_ producer: Int) -> Bool { now < partitionedUntil[producer] ?? 0 }

  /// Connects a producer, -1 being a stranger; nil where nobody is there.
  func connect(_ producer: Int) -> Int? {
    guard isListening, !isPartitioned(producer) else { return nil }
    count += 1
    pipes[count] = Pipe(producer: producer, random: SeededGenerator(seed: seed ^ UInt64(count) &* 0x2545_f491_4f6c_dd1d))
    return count
  }

  func isOpen(_ connection: Int) -> Bool { pipes[connection]?.isOpenAtProducer ?? false }

  static func route(_ connection: Int) -> [UInt8] { [0] + (0..<4).map { UInt8(truncatingIfNeeded: connection >> ($0 * 8)) } }

  private static func connection(_ route: [UInt8]) -> Int { (0..<4).reduce(0) { $0 | Int(route[$1 + 1]) << ($1 * 8) } }

  private func arrival(_ pipe: inout Pipe, after last: UInt64?) -> UInt64 {
    max(last ?? 0, now + 50_000 + pipe.random.next() % max(1, latencyNanoseconds))
  }

  private func note(_ direction: UInt64, _ connection: Int, _ frames: [[UInt8]], at time: UInt64) {
    let verb = frames.first?.last.map(UInt64.init) ?? 0
    if let narrator, frames.count > 1 {
      let header = String(decoding: frames[1].prefix(200), as: UTF8.self)
      narrator(
        "\(now / 1_000_000) ms: connection \(connection) \(direction == 0 ? "says" : "hears") at \(time / 1_000_000) ms: "
          + "\(Verb(rawValue: UInt8(verb)).map { "\($0)" } ?? "?") \(header)")
    }
    for word in [direction, UInt64(connection), verb, UInt64(frames.last?.count ?? 0), time] {
      trace = (trace ^ word) &* 0x0000_0100_0000_01b3
      trace ^= trace >> 29
    }
  }

  /// Sends to the aggregator; false where the connection is gone or does not take it.
  func send(_ frames: [[UInt8]], on connection: Int) -> Bool {
    guard var pipe = pipes[connection], pipe.isOpenAtProducer, pipe.toAggregator.count < Self.highWaterMark else { return false }
    let arrivesAt = arrival(&pipe, after: pipe.toAggregator.last?.arrivesAt)
    pipe.toAggregator.append(Packet(arrivesAt: arrivesAt, frames: frames))
    pipes[connection] = pipe
    note(0, connection, frames, at: arrivesAt)
    return true
  }

  enum Delivery { case sent, full, gone }

  /// Sends to whom a route names.
  func send(_ frames: [[UInt8]], to route: [UInt8]) -> Delivery {
    let connection = Self.connection(route)
    guard var pipe = pipes[connection], pipe.isOpenAtAggregator else { return .gone }
    guard pipe.toProducer.count < Self.highWaterMark else { return .full }
    if let deaf = deafProducer, pipe.producer == deaf, [Verb.ack.rawValue, Verb.welcome.rawValue].contains(frames[0][5]) {
      return .sent
    }
    let arrivesAt = arrival(&pipe, after: pipe.toProducer.last?.arrivesAt)
    if pipe.isOpenAtProducer { pipe.toProducer.append(Packet(arrivesAt: arrivesAt, frames: frames)) }
    pipes[connection] = pipe
    note(1, connection, frames, at: arrivesAt)
    return .sent
  }

  /// What has come to the aggregator first.
  func receive() -> (frames: [[UInt8]], connection: Int)? {
    var first: (arrivesAt: UInt64, connection: Int)?
    for (connection, pipe) in pipes {
      guard pipe.isOpenAtAggregator, let packet = pipe.toAggregator.first, packet.arrivesAt <= now, !isPartitioned(pipe.producer)
      else { continue }
      if let first, (first.arrivesAt, first.connection) < (packet.arrivesAt, connection) { continue }
      first = (packet.arrivesAt, connection)
    }
    guard let first, let frames = pipes[first.connection]?.toAggregator.removeFirst().frames else { return nil }
    return (frames, first.connection)
  }

  /// What has come to a producer.
  func receive(on connection: Int) -> [[UInt8]]? {
    guard let pipe = pipes[connection], let packet = pipe.toProducer.first, packet.arrivesAt <= now, !isPartitioned(pipe.producer)
    else { return nil }
    return pipes[connection]?.toProducer.removeFirst().frames
  }

  /// Breaks a connection: what is under way is lost, and both sides notice.
  func hangUp(_ connection: Int) { pipes[connection] = nil }

  /// A producer is gone: what it has sent may still arrive.
  func leave(_ connection: Int) {
    pipes[connection]?.isOpenAtProducer = false
    pipes[connection]?.toProducer = []
    if let pipe = pipes[connection], pipe.toAggregator.isEmpty || isPartitioned(pipe.producer) { pipes[connection] = nil }
  }

  /// The aggregator is gone: what it has sent may still arrive, up to some message.
  func loseAggregator(_ random: inout SeededGenerator) {
    isListening = false
    for connection in pipes.keys.sorted() {
      pipes[connection]?.isOpenAtAggregator = false
      pipes[connection]?.toAggregator = []
      guard let pipe = pipes[connection], pipe.isOpenAtProducer else {
        pipes[connection] = nil
        continue
      }
      pipes[connection]?.toProducer.removeLast(Int.random(in: 0...pipe.toProducer.count, using: &random))
    }
  }

  /// Whether a producer's end of a connection is of no use any more: the other side is gone and all has been read.
  func isDrained(_ connection: Int) -> Bool {
    guard let pipe = pipes[connection] else { return true }
    return !pipe.isOpenAtAggregator && pipe.toProducer.isEmpty
  }

  /// Breaks one connection at random; whether there was one.
  func breakOne(_ random: inout SeededGenerator) -> Bool {
    guard let connection = pipes.keys.sorted().randomElement(using: &random) else { return false }
    hangUp(connection)
    return true
  }

  /// When something arrives next; nil for never.
  var nextArrival: UInt64? {
    var next: UInt64?
    for pipe in pipes.values {
      let heldUntil = partitionedUntil[pipe.producer] ?? 0
      for packet in [pipe.isOpenAtAggregator ? pipe.toAggregator.first : nil, pipe.toProducer.first] {
        guard let packet else { continue }
        next = min(next ?? .max, max(packet.arrivesAt, heldUntil))
      }
    }
    return next
  }
}
