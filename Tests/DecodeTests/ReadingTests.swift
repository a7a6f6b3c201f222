import Decode
import Reports
import TestSupport
import Testing

/// Every way of reading gives the same batch, to the byte.
@Suite struct ReadingTests {
  private static func decoder(_ reading: DecodeSettings.Reading) throws -> Decoder {
    var settings = DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 60_000_000)
    settings.reading = reading
    return try Decoder(settings)
  }

  private static func decode(_ body: [UInt8], with decoder: inout Decoder) throws -> ReportBatch {
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
    try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &batch)
    return batch
  }

  /// How many of a few bodies, whose producers keep to layouts, are decoded otherwise than by simdjson alone.
  private func differingCount(_ reading: DecodeSettings.Reading, seed: UInt64) throws -> (
    differing: Int, accepted: Int, refused: Int
  ) {
    var generator = EventGenerator(seed: seed)
    var walking = try Self.decoder(.walking)
    var other = try Self.decoder(reading)
    var (differing, accepted, refused) = (0, 0, 0)
    for round in 0..<12 {
      let layouts = (0..<1 + generator.below(6)).map { _ in generator.layout() }
      for _ in 0..<4 {
        let body = generator.body(layouts, count: 1 + generator.below(24), spoiltPercent: round % 3 == 0 ? 0 : 20)
        let expected = try Self.decode(body, with: &walking)
        if try Self.decode(body, with: &other) != expected { differing += 1 }
        accepted += expected.rejections.count { $0 == 0 }
        refused += expected.rejections.count { $0 != 0 }
      }
    }
    return (differing, accepted, refused)
  }

  @Test(arguments: 0..<24 as Range<UInt64>) func givesTheSameInOnePass(seed: UInt64) throws {
    for reading in [DecodeSettings.Reading.predicting, .scanning] {
      let (differing, accepted, refused) = try differingCount(reading, seed: seed)
      #expect(differing == 0, "seed \(seed), \(reading)")
      #expect(accepted > 100 && refused > 20, "\(accepted) events were taken and \(refused) refused: that says nothing")
    }
  }

  /// How often a single byte of an event, changed after one that was as it should be, is not noticed.
  private func unnoticedCount(_ reading: DecodeSettings.Reading) throws -> Int {
    let line = Array(event(data: ["reporter": "\"r\"", "accuracyMeters": "30.25"]).utf8)
    var walking = try Self.decoder(.walking)
    var other = try Self.decoder(reading)
    var count = 0
    for index in line.indices {
      for byte in Array("\"\\,:{}[]0x \u{7f}".utf8) + [0x00, 0xc3] {
        var changed = line
        changed[index] = byte
        let body = line + [0x0a] + changed + [0x0a] + line
        let (expected, found) = (try Self.decode(body, with: &walking), try Self.decode(body, with: &other))
        if found != expected { count += 1 }
      }
    }
    return count
  }

  @Test func noticesEveryByte() throws {
    #expect(try unnoticedCount(.predicting) == 0)
    #expect(try unnoticedCount(.scanning) == 0)
  }

  /// The canary: one that expects, and does not look whether it is so.
  @Test func findsAReadingThatDoesNotLook() throws {
    #expect(try unnoticedCount(.careless) > 100)
  }

  /// Cut anywhere, with and without bytes behind it.
  @Test func noticesEveryEnd() throws {
    let line = Array(event(["x": "[1,{\"a\":null}]"], data: ["reporter": "\"r\""]).utf8)
    var walking = try Self.decoder(.walking)
    var predicting = try Self.decoder(.predicting)
    for end in line.indices {
      for tail in [[], [0x0a], [0x0a] + line] {
        let body = line + [0x0a] + line[..<end] + tail
        let (expected, found) = (try Self.decode(body, with: &walking), try Self.decode(body, with: &predicting))
        #expect(found == expected, "cut at \(end)")
      }
    }
  }
}
