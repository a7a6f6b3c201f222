import Foundation
import TestSupport

/// Events for the whole path: a real year where the shared data is there, and a seeded stream that is always there.
enum Stream {
  /// Boston's 311 reports of 2015; nil, loudly, where the shared data is absent.
  static func boston(into folder: TemporaryFolder) throws -> String? {
    guard let file = SharedData.files(in: "events", suffix: "boston311_2015.ndjson.gz").first else { return nil }
    let path = folder.path("boston.ndjson")
    return try Child.run(["gzip", "-dc", file.path], output: path) == 0 ? path : nil
  }

  /// A seeded stream: clumps, noise, duplicates, bad events, reports without a place.
  static func lines(seed: UInt64, count: Int, secondsApart: Int = 40) -> [String] {
    var generator = SeededGenerator(seed: seed)
    var lines: [String] = []
    let formatter = ISO8601DateFormatter()
    for number in 0..<count {
      let seconds = 1_423_000_000 + number * secondsApart - Int.random(in: 0..<600, using: &generator)
      let time = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      let clump = Int.random(in: 0..<3, using: &generator) == 0
      let latitude = 42.3 + (clump ? Double((number / 150) % 7) * 0.02 : Double.random(in: 0..<0.2, using: &generator))
      let longitude = -71.1 + Double.random(in: 0..<(clump ? 0.005 : 0.2), using: &generator)
      let keyword = ["snow", "Street Light", "Überschwemmung"].randomElement(using: &generator) ?? "snow"
      let place = number % 23 == 0 ? "null" : "{\"type\":\"Point\",\"coordinates\":[\(longitude),\(latitude)]}"
      let event =
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"city/\(number % 3)\",\"id\":\"\(number)\","
        + "\"time\":\"\(time)\",\"data\":{\"location\":\(place),\"keywords\":[\"\(keyword)\"],\"text\":\"report \(number % 40)\"}}"
      switch Int.random(in: 0..<40, using: &generator) {
      case 0: lines.append(String(event.dropLast(3)))
      case 1: lines.append(event.replacingOccurrences(of: "\"specversion\":\"1.0\",", with: ""))
      case 2: lines += [event, event]
      default: lines.append(event)
      }
    }
    return lines
  }

  static func write(_ lines: [String], to path: String) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
  }
}
