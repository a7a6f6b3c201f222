import Decode
import Foundation
import JSON
import Reports
import TestSupport
import Testing

@Suite struct FuzzTests {
  /// 20,000 bodies of a few events with bytes changed, left out, doubled or moved; the JSON module reads them too.
  @Test(arguments: 0..<20 as Range<UInt64>) func survivesMutations(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0))
    let seeds = [
      event(),
      event(["x": "[1,-2.5e3,true,null,{\"a\":\"\\ud83d\\ude00\"}]"], data: ["reporter": "\"r\"", "accuracyMeters": "3"]),
      cancellation(["data": "{\"text\":\"Zurück\"}"]),
      event(data: ["keywords": nil, "text": "\"Bäume down, 木が倒れた trees\""]),
      event(["subject": "\"s\\u00e9\""], data: ["keywords": "[\"Ä\",\" b \",\"c\\n\"]", "location": "null"]),
    ]
    for _ in 0..<1_000 {
      let format = Bool.random(using: &random) ? MediaType.ndjson : .cloudEventsBatch
      var events: [String] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) { events.append(seeds[Int.random(in: 0..<seeds.count, using: &random)]) }
      let text = format == .ndjson ? events.joined(separator: "\n") : "[" + events.joined(separator: ",") + "]"
      var body = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&body, &random) }
      var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
      try? decoder.decode(body.span, format: format, expectedCount: 3, into: &batch)
      #expect(batch.isConsistent, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
      try batch.validate()
      checkAgainstOracles(body, format, batch, seed)
    }
  }

  private func mutate(_ body: inout [UInt8], _ random: inout SeededGenerator) {
    guard !body.isEmpty else { return }
    let index = Int.random(in: 0..<body.count, using: &random)
    let telling = Array("{}[]\",:\\\n 019-.eEntfu/\u{1}".utf8) + [0xff, 0xc3, 0xe2]
    switch Int.random(in: 0..<6, using: &random) {
    case 0: body[index] = telling[Int.random(in: 0..<telling.count, using: &random)]
    case 1: body[index] = UInt8.random(in: 0...255, using: &random)
    case 2: body.remove(at: index)
    case 3: body.insert(telling[Int.random(in: 0..<telling.count, using: &random)], at: index)
    case 4: body.removeLast(min(body.count, Int.random(in: 1...40, using: &random)))
    default: body.insert(contentsOf: body[index..<min(body.count, index + 30)], at: index)
    }
  }

  private func holdsInfinity(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): !number.isFinite
    case .array(let values): values.contains { holdsInfinity($0) }
    case .object(let members): members.contains { holdsInfinity($0.value) }
    default: false
    }
  }

  /// What is taken as JSON must be JSON for Foundation; what is refused as malformed, must not be.
  private func checkAgainstOracles(_ body: [UInt8], _ format: MediaType, _ batch: ReportBatch, _ seed: UInt64) {
    guard format == .ndjson else { return }
    let lines = body.split(separator: 10).filter { line in !line.allSatisfy { [32, 13, 9].contains($0) } }
    #expect(lines.count == batch.count, "seed \(seed)")
    for (row, line) in lines.enumerated() {
      let value = try? JSONValue(parsing: Array(line))
      let isJSON = value != nil
      let rejection = batch.rejection(row)
      if rejection == .notAnObject { continue }
      #expect(isJSON == (rejection != .malformedJSON), "seed \(seed): \(String(decoding: line, as: UTF8.self))")
      // Foundation refuses numbers that no double holds.
      if let value, !holdsInfinity(value) {
        let object = try? JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)
        #expect(object != nil, "seed \(seed): \(String(decoding: line, as: UTF8.self))")
      }
    }
  }

  /// The oracle is the C library's strtod.
  @Test(arguments: 0..<8 as Range<UInt64>) func readsLongDecimalsExactly(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_500 {
      let digits = (0..<Int.random(in: 1...30, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))" }
      let longitude = "-\(Int.random(in: 0...179, using: &random)).\(digits.joined())"
      let latitude = "\(Int.random(in: 0...89, using: &random)).\(digits.reversed().joined())"
      let batch = try decode(event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[\(longitude),\(latitude)]}"]))
      let expected = unsafe Coordinate(latitude: strtod(latitude, nil), longitude: strtod(longitude, nil))
      // Not `#expect`, which would take longer than what it looks at.
      if batch.rejection(0) != nil || Coordinate(latitudeE7: batch.latitudes[0], longitudeE7: batch.longitudes[0]) != expected {
        Issue.record("seed \(seed): \(longitude), \(latitude)")
      }
    }
  }
}
