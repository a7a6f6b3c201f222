import Decode
import Foundation
import JSON
import Reports
import TestSupport
import Testing

/// Collections of inputs that others have made.
@Suite struct VectorTests {
  private func embedded(_ value: [UInt8], _ before: String, _ after: String) -> [UInt8] {
    Array("[".utf8) + Array(before.utf8) + value + Array(after.utf8) + Array("]".utf8)
  }

  @Test func agreesWithTheJSONTestSuite() throws {
    let parts = event(["x": "?"]).split(separator: "?").map(String.init)
    for file in SharedData.files(in: "vectors/JSONTestSuite/test_parsing", suffix: ".json") {
      let name = file.lastPathComponent
      let bytes = try SharedData.bytes(file)
      let rejection = try decode(embedded(bytes, parts[0], parts[1]), .cloudEventsBatch, expectedCount: 1).rejection(0)
      if name.hasPrefix("y_") { #expect(rejection == nil, "\(name)") }
      if name.hasPrefix("n_") {
        #expect(rejection == .malformedJSON || rejection == .tooDeep || rejection == .eventTooLong, "\(name)")
      }
      #expect(try decode(bytes).isConsistent, "\(name)")
      #expect(try decode(Array(parts[0].utf8) + bytes + Array(parts[1].utf8)).isConsistent, "\(name)")
    }
  }

  @Test func keepsNaughtyStrings() throws {
    for file in SharedData.files(in: "vectors/blns", suffix: "blns.json") {
      let strings = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String])
      #expect(strings.count > 400)
      for string in strings {
        var writer = JSONWriter()
        writer.value(string)
        let quoted = String(decoding: writer.bytes, as: UTF8.self)
        let batch = try decode(event(data: ["text": quoted]) + "\n" + event(data: ["keywords": "[\(quoted)]"]))
        #expect(batch.rejection(0) == nil)
        #expect(Array(batch.arena[batch.texts[0].range]) == Array(string.utf8))
        #expect([nil, .controlCharacter, .keywordTooLong].contains(batch.rejection(1)), "\(string)")
        #expect(batch.isConsistent)
      }
    }
  }

  @Test func survivesCloudEventsAndGeoJSON() throws {
    let files =
      SharedData.files(in: "vectors/cloudevents-sdk-java", suffix: ".json")
      + SharedData.files(in: "vectors/geojsonhint", suffix: ".geojson")
    for file in files {
      let bytes = try SharedData.bytes(file)
      let flat = bytes.map { $0 == 10 || $0 == 13 ? 32 : $0 }
      #expect(try decode(flat).rejectionList().allSatisfy { $0 != nil }, "\(file.lastPathComponent)")
      #expect(try decode(Array("[".utf8) + bytes + Array("]".utf8), .cloudEventsBatch, expectedCount: 1).isConsistent)
      let parts = event(data: ["location": "?"]).split(separator: "?").map(String.init)
      #expect(try decode(embedded(bytes, parts[0], parts[1]), .cloudEventsBatch, expectedCount: 1).isConsistent)
    }
  }

  @Test func takesEveryEventOfTheRealStreams() throws {
    for file in SharedData.files(in: "events", suffix: ".ndjson.gz") {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["gzip", "-dc", file.path]
      process.standardOutput = pipe
      try process.run()
      let bytes = [UInt8](try #require(try pipe.fileHandleForReading.readToEnd()))
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      try checkAllAccepted(bytes, file.lastPathComponent)
    }
  }

  private func checkAllAccepted(_ bytes: [UInt8], _ name: String) throws {
    var decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0))
    var count = 0
    var start = 0
    while start < bytes.count {
      // A body of whole lines, of a megabyte or less.
      var end = min(bytes.count, start + 1 << 20)
      while end < bytes.count, bytes[end - 1] != 10 { end -= 1 }
      var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
      let body = Array(bytes[start..<end])
      try decoder.decode(body.span, format: .ndjson, expectedCount: 0, into: &batch)
      let rejected = batch.rejectionList().compactMap { $0 }
      #expect(rejected.isEmpty, "\(name): \(rejected.first?.code ?? "")")
      #expect(batch.isConsistent)
      count += batch.count
      start = end
    }
    let expected = bytes.count { $0 == 10 }
    #expect(count == expected, "\(name)")
  }
}
