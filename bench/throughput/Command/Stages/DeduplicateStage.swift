import Engine
import Reports
import Study

/// The table of identities at its full size, beside Swift's `Set` of a 128-bit key.
enum DeduplicateStage {
  private struct Key: Hashable {
    var high: UInt64
    var low: UInt64
  }

  private typealias Cost = (insert: Usage, hit: Usage, byteCount: Int)

  private static let batchSize = 256

  static func run(entryCount: Int, seed: UInt64, into report: inout BenchReport) throws {
    var random = Random(seed: seed, stream: 2)
    let highs = (0..<entryCount).map { _ in random.next() }
    let lows = (0..<entryCount).map { _ in random.next() }
    let ours = try table(highs, lows)
    let set = try set(highs, lows)
    tell("deduplicate", ours, beside: ("Set of a 128-bit key", set), entryCount, to: &report)
    report.add(
      Figure(
        "deduplicate", "memory", "bytes/entry", Double(ours.byteCount) / Double(entryCount),
        floor: ("Set of a 128-bit key", Double(set.byteCount) / Double(entryCount))))
    report.add(Figure("deduplicate", "allocations", "per hit", ours.hit.allocations(per: entryCount)))
    report.add(Figure("deduplicate", "entries", "entries", Double(entryCount)))
    try adversarial(entryCount, beside: ours, into: &report)
  }

  /// Identities as somebody would choose them who hopes that the table keeps them by their bytes: half of them are counted up, of the
  /// other half all the low bits agree. The hash is keyed, so they should take as long as any.
  private static func adversarial(
    _ entryCount: Int, beside any: Cost, into report: inout BenchReport
  ) throws {
    let source = Array("/adversary".utf8)
    let key = SipHash.Key(first: 0x243f_6a88_85a3_08d3, second: 0x1319_8a2e_0370_7344)
    var id = [UInt8](repeating: 0, count: 8)
    var (highs, lows): ([UInt64], [UInt64]) = ([], [])
    highs.reserveCapacity(entryCount)
    lows.reserveCapacity(entryCount)
    for number in 0..<UInt64(entryCount) {
      let word = number & 1 == 0 ? number : number << 32
      for index in id.indices { id[index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index)) }
      let identity = Engine.identity(source: source.span, id: id.span, key: key)
      highs.append(identity.high)
      lows.append(identity.low)
    }
    let own = try table(highs, lows)
    tell("deduplicate, adversarial", own, beside: ("any identities", any), entryCount, to: &report)
  }

  /// What inserting and hitting took, each beside its floor.
  private static func tell(
    _ name: String, _ own: Cost, beside floor: (name: String, cost: Cost), _ entryCount: Int, to report: inout BenchReport
  ) {
    for (measure, usage, least) in [("insert", own.insert, floor.cost.insert), ("hit", own.hit, floor.cost.hit)] {
      report.add(
        Figure(
          name, measure, "ns/event", usage.cpuNanoseconds(per: entryCount),
          floor: (floor.name, least.cpuNanoseconds(per: entryCount))))
    }
  }

  private static func table(_ highs: [UInt64], _ lows: [UInt64]) throws -> Cost {
    let now = Timestamp(seconds: EventStream.start)
    var table = IdentityTable(windowMicroseconds: 3_600_000_000, capacity: 16_000_000)
    var (insert, hit, sameCount) = (Usage(), Usage(), 0)
    for isHit in [false, true] {
      for start in stride(from: 0, to: highs.count, by: batchSize) {
        let range = start..<min(start + batchSize, highs.count)
        let batch = Array(lows[range])
        let usage = Usage.of {
          table.warm(batch)
          for index in range {
            let sight = table.sight(high: highs[index], low: lows[index], digest: lows[index])
            if sight == .same { sameCount += 1 }
            if sight == .first { table.insert(high: highs[index], low: lows[index], digest: lows[index], at: now) }
          }
        }
        if isHit { hit = hit + usage } else { insert = insert + usage }
      }
    }
    try BenchFailure.unless(
      sameCount == highs.count && table.count == highs.count, "\(sameCount) identities of \(highs.count) are known")
    return (insert, hit, table.byteCount)
  }

  private static func set(_ highs: [UInt64], _ lows: [UInt64]) throws -> Cost {
    let before = Usage.heldByteCount
    var (set, sameCount) = (Set<Key>(), 0)
    let insert = Usage.of {
      for index in highs.indices { set.insert(Key(high: highs[index], low: lows[index])) }
    }
    let hit = Usage.of {
      for index in highs.indices where set.contains(Key(high: highs[index], low: lows[index])) { sameCount += 1 }
    }
    try BenchFailure.unless(sameCount == highs.count, "Set knows \(sameCount) keys of \(highs.count)")
    return (insert, hit, Usage.heldByteCount - before)
  }
}
