import Decode
import Reports
import TestSupport
import Testing

/// Batches that use the memory of others, and rows that are taken off again.
@Suite struct RecyclingTests {
  private static func body(_ generator: inout EventGenerator) -> [UInt8] {
    let layout = generator.layout()
    let count = [0, 1, 1, 2, 7, 40, 300][generator.below(7)]
    return Array((0..<count).map { _ in generator.event(layout) + "\n" }.joined().utf8)
  }

  /// Of one memory, used for batches of any size: each is what it is in memory of its own.
  @Test(arguments: 0..<32 as Range<UInt64>) func whatIsUsedAgainHoldsNothingOfBefore(seed: UInt64) throws {
    var generator = EventGenerator(seed: seed)
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 60_000_000))
    var used = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 0, receivedAt: receivedAt)
    for round in 0..<12 as Range<UInt64> {
      let body = Self.body(&generator)
      var fresh = ReportBatch(
        producer: [1, UInt8(round)], epoch: Epoch(high: round, low: 1), firstSequence: round + 1, receivedAt: receivedAt)
      used.begin(producer: fresh.producer, epoch: fresh.epoch, firstSequence: fresh.firstSequence, receivedAt: receivedAt)
      #expect(used == fresh)
      try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &fresh)
      try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &used)
      #expect(used == fresh, "seed \(seed), round \(round)")
      // What a note or an erasure leaves, too.
      used.announcedSequence = 7
      used.rerequestCount = 7
      if used.count > 0 {
        used.flags[0].insert(.erased)
        used.erasures.append(Erasure(digest: 1, textHash: 2))
      }
    }
  }

  /// Rows of several bodies in one batch, some of which are taken off again: what stays is what the others alone make.
  @Test(arguments: 0..<32 as Range<UInt64>) func whatIsCutOffLeavesNothing(seed: UInt64) throws {
    var generator = EventGenerator(seed: seed)
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 60_000_000))
    var whole = ReportBatch(producer: [1], epoch: Epoch(high: 0, low: 1), firstSequence: 1, receivedAt: receivedAt)
    var grown = whole
    for _ in 0..<12 {
      let body = Self.body(&generator)
      let mark = grown.mark
      try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &grown)
      if generator.chance(50) {
        grown.cut(to: mark)
      } else {
        try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &whole)
      }
      #expect(grown == whole, "seed \(seed)")
    }
    try grown.validate()
  }
}
