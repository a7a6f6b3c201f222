import Foundation
import JSON
import TestSupport
import Testing

/// The bench of throughput in its small form: every stage is there, two ways give one result, and nobody allocates or holds more than was.
@Suite struct ThroughputTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The program: `TOCSIN_BENCH`, else the one that was built beside the tests.
  private static var binary: URL {
    if let path = ProcessInfo.processInfo.environment["TOCSIN_BENCH"] { return URL(filePath: path, relativeTo: package) }
    return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "tocsin-bench")
  }

  private struct Figure: Decodable {
    var stage: String
    var measure: String
    var value: Double
    var floorValue: Double?
  }

  private struct Hash: Decodable {
    var kind: String
    var stage: String
    var hash: String
  }

  private struct Report: Decodable {
    var facts: [String: String]
    var figures: [Figure]
    var hashes: [Hash]

    func hash(_ kind: String, _ stage: String) -> String? { hashes.first { $0.kind == kind && $0.stage == stage }?.hash }
  }

  /// What a stage may allocate an event, and what it may hold of each of its things in bytes. Where it does so on one thread the
  /// number is exact, and less is to be written down.
  private struct Threshold: Decodable {
    var stage: String
    var measure: String
    var most: Double
    var isExact: Bool
  }

  private static func run(_ arguments: String...) throws -> Report {
    let folder = try TemporaryFolder()
    let (status, errors) = try start(arguments, in: folder)
    try #require(status == 0, "exit code \(status): \(errors)")
    return try JSONDecoder().decode(Report.self, from: try Data(contentsOf: folder.url.appending(path: "out")))
  }

  /// - Returns: How it ended, and what it said of it.
  private static func start(_ arguments: [String], in folder: TemporaryFolder) throws -> (status: Int32, errors: String) {
    let child = try Child(
      ["timeout", "120", binary.path, "--json", "--folder", folder.path("")] + arguments, output: folder.path("out"),
      errors: folder.path("errors"))
    let status = child.wait()
    return (status, String(decoding: try Data(contentsOf: folder.url.appending(path: "errors")), as: UTF8.self))
  }

  @Test func everyStageIsThereAndTwoWaysGiveOneResult() throws {
    let isOptimised = ProcessInfo.processInfo.environment["TOCSIN_BENCH"] != nil
    // Unoptimised, an event costs ten times as much.
    let events = isOptimised ? "20000" : "5000"
    var report = try Self.run(
      "--events", events, "--entries", "20000", "--nodes", "2000", "--seed", "7", "--rounds", "1",
      "--hostile", isOptimised ? "10000" : "2000", "--oracle", isOptimised ? "10000" : "3000")
    let stages = Set(report.figures.map(\.stage))
    let expected: Set = [
      "receive", "decode", "decode, varied layouts", "decode, 256 layouts", "decode, malformed", "deduplicate",
      "deduplicate, adversarial", "journal", "journal, in used room", "engine", "archive", "path", "replay",
      "path, one event a message", "memory",
      "process", "oracle, the first events", "oracle, three days", "hostile", "hostile, normal", "hostile, one in ten malformed",
      "hostile, 256 layouts", "hostile, adversarial identities", "hostile, one cell, the same keywords",
      "hostile, other cells and keywords each",
    ]
    #expect(stages == expected)
    #expect(report.figures.allSatisfy { $0.value.isFinite && $0.value >= 0 && ($0.floorValue ?? 1) > 0 })
    // The stages alone, the whole service behind its socket, and a replay.
    let verdicts = report.hashes.filter { $0.kind == "verdicts" }
    #expect(verdicts.map(\.stage) == ["engine", "path"] && Set(verdicts.map(\.hash)).count == 1)
    let summaries = report.hashes.filter { $0.kind == "summaries" }
    #expect(summaries.map(\.stage) == ["archive", "path", "replay"] && Set(summaries.map(\.hash)).count == 1)
    // The slow oracle of the engine's tests, the engine, and the whole service behind its socket.
    for stream in ["the first events", "three days"] {
      for kind in ["verdicts", "clusters", "roll-ups"] {
        let hashes = report.hashes.filter { $0.kind == "\(kind) of \(stream)" }
        #expect(
          hashes.map(\.stage) == ["oracle", "engine", "path"] && Set(hashes.map(\.hash)).count == 1, "\(kind) of \(stream)")
      }
      let clusters = report.figures.first { $0.stage == "oracle, \(stream)" && $0.measure == "clusters of several cells" }
      #expect(!isOptimised || clusters?.value ?? 0 > 0, "\(stream) is trivial")
    }
    // A hash that is always the same would be equal, too.
    let other = try Self.run("--events", "2000", "--seed", "8", "--rounds", "2", "--only", "engine,archive")
    #expect(other.hash("verdicts", "engine") != verdicts.first?.hash)
    #expect(other.hash("summaries", "archive") != summaries.first?.hash)
    // What a process holds is the same from run to run where nothing was given back before.
    let memory = try Self.run("--events", "10", "--entries", "20000", "--nodes", "2000", "--rounds", "1", "--only", "memory")
    report.figures = report.figures.filter { $0.stage != "memory" } + memory.figures.filter { $0.stage == "memory" }
    try check(report)
  }

  /// An oracle that takes more witnesses for a core and misses a report must be told of, by all that it is asked for.
  @Test func anOracleThatIsWrongFailsTheRun() throws {
    let folder = try TemporaryFolder()
    let (status, errors) = try Self.start(["--only", "oracle", "--oracle", "3000", "--canary"], in: folder)
    #expect(status == 2)
    for stream in ["the first events", "three days"] {
      for kind in ["verdicts", "clusters", "roll-ups"] { #expect(errors.contains("\(kind) of \(stream)"), "\(errors)") }
    }
    #expect(errors.contains("differ from stage to stage"))
  }

  /// Holds what was allocated and kept against `bench/throughput/thresholds.json`, which an optimised build meets.
  private func check(_ report: Report) throws {
    guard report.facts["optimised"] == "true", report.facts["allocations"] == "counted" else {
      print("SKIPPED: allocations are counted with a release build in TOCSIN_BENCH")
      return
    }
    let path = Self.package.appending(path: "bench/throughput/thresholds.json")
    for threshold in try JSONDecoder().decode([Threshold].self, from: try Data(contentsOf: path)) {
      let figure = report.figures.first { $0.stage == threshold.stage && $0.measure == threshold.measure }
      let value = try #require(figure?.value, "\(threshold.stage): \(threshold.measure) is not measured")
      #expect(value <= threshold.most, "\(threshold.stage): \(threshold.measure) is \(value), above its threshold")
      guard threshold.isExact else { continue }
      #expect(value >= threshold.most * 0.9, "\(threshold.stage): \(threshold.measure) is \(value): lower its threshold")
    }
  }
}
