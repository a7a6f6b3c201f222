// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every Swift target: Swift 6 mode, strict memory safety, warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

/// A Swift module, its dependencies and the folder of tests that mirrors it.
func module(_ name: String, _ dependencies: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies.map { .byName(name: $0) }, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: ([name, "TestSupport"] + dependencies).map { .byName(name: $0) },
    swiftSettings: strict)
}

let package = Package(
  name: "tocsin",
  products: [
    .executable(name: "tocsin", targets: ["tocsin"]),
    .executable(name: "tocsin-sample", targets: ["tocsin-sample"]),
    .executable(name: "tocsin-study", targets: ["tocsin-study"]),
    .executable(name: "tocsin-bench", targets: ["tocsin-bench"]),
    // The one module for other packages: a durable producer of report events.
    .library(name: "TocsinProducer", targets: ["TocsinProducer"]),
  ],
  targets: [
    // C and C++ over the system's libraries: inline shims for macros and variadics, nothing else.
    .target(name: "CPlatform"),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "CZeroMQ", linkerSettings: [.linkedLibrary("zmq")]),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CTOML"),
    .target(name: "CText", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("stemmer")]),
    // Owners of handles.
    module("Platform", ["CPlatform"]),
    module("SQLite", ["CSQLite"]),
    module("ZeroMQ", ["CZeroMQ"]),
    module("JSON", ["CSimdJSON"]),
    // Distributions of counts, from the standard library alone.
    .target(name: "Statistics", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    // The path of a report, in its order.
    .target(name: "Reports", swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    module("Terms", ["Reports", "CText"]),
    module("Decode", ["Reports", "Terms", "JSON", "CSimdJSON"]),
    module("Wire", ["Reports", "JSON", "Platform"]),
    module("Journal", ["Reports", "Platform"]),
    module("Engine", ["CPlatform", "Reports", "Statistics"]),
    module("Archive", ["Reports", "Engine", "SQLite"]),
    module("Spelling"),
    module("Configuration", ["Reports", "Engine", "Terms", "CTOML", "Spelling"]),
    .target(
      name: "TocsinProducer", dependencies: ["Journal", "Platform", "Reports", "Statistics", "Wire", "ZeroMQ"],
      path: "Sources/Producer",
      swiftSettings: strict),
    module(
      "Service",
      [
        "Reports", "Decode", "Wire", "Journal", "Engine", "Archive", "Configuration", "JSON", "SQLite", "Terms", "ZeroMQ",
        "Platform",
      ]),
    // The command line.
    module("Arguments", ["Reports", "Spelling"]),
    module("Render", ["JSON", "Reports"]),
    module("Export", ["JSON", "Platform", "Render", "Reports", "SQLite"]),
    module("Sample", ["JSON", "Reports", "Platform"]),
    .executableTarget(
      name: "tocsin",
      dependencies: [
        "Arguments", "Archive", "Configuration", "Engine", "Export", "JSON", "Platform", "Render", "Reports", "Service",
        "Spelling", "Terms", "TocsinProducer", "Wire", "ZeroMQ",
      ],
      swiftSettings: strict),
    // What another program writes to send reports: the library's example.
    .executableTarget(name: "tocsin-example-producer", dependencies: ["TocsinProducer"], swiftSettings: strict),
    .executableTarget(name: "tocsin-sample", dependencies: ["Platform", "Reports", "Sample"], swiftSettings: strict),
    // The detectors that the bench holds ours against; no product links them.
    .target(name: "Peers", path: "bench/detection/Peers", swiftSettings: strict),
    // The simulation study of detection.
    .target(
      name: "Study", dependencies: ["Engine", "JSON", "Peers", "Platform", "Reports"], path: "bench/detection/Study",
      swiftSettings: strict),
    .executableTarget(
      name: "tocsin-study", dependencies: ["Platform", "Study"], path: "bench/detection/Command", swiftSettings: strict),
    // The bench of throughput: floors in C, and a program that counts what it allocates.
    .target(
      name: "CBench", path: "bench/throughput/CBench", linkerSettings: [.linkedLibrary("zmq"), .linkedLibrary("simdjson")]),
    .executableTarget(
      name: "tocsin-bench",
      dependencies: [
        "Archive", "CBench", "Configuration", "Decode", "Engine", "JSON", "Journal", "Oracle", "Platform", "Reports", "SQLite",
        "Service", "Statistics", "Study", "Terms", "Wire", "ZeroMQ",
      ],
      path: "bench/throughput/Command", swiftSettings: strict),
    // Tests mirror Sources.
    .target(name: "CFaultyFileSystem", path: "Tests/CFaultyFileSystem", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(
      name: "TestSupport", dependencies: ["CFaultyFileSystem", "Journal", "Platform"], path: "Tests/TestSupport",
      swiftSettings: strict),
    // The whole service in one thread and one virtual time, with faults.
    .target(
      name: "Simulator",
      dependencies: [
        "Configuration", "Engine", "Journal", "Platform", "Reports", "SQLite", "Service", "TestSupport", "TocsinProducer", "Wire",
        "ZeroMQ",
      ],
      path: "Tests/Simulator", swiftSettings: strict),
    .executableTarget(
      name: "tocsin-simulate", dependencies: ["Platform", "Service", "Simulator"], path: "Tests/Simulate", swiftSettings: strict),
    tests("Simulator", ["Configuration", "Engine", "Journal", "Platform", "Reports", "Service", "Wire", "ZeroMQ"]),
    tests("Archive", ["Engine", "Reports", "SQLite"]),
    tests("Arguments", ["Reports"]),
    tests("Configuration", ["Engine", "Reports", "CTOML"]),
    tests("Decode", ["JSON", "Reports", "Terms"]),
    // What the engine does, done slowly: the tests' oracle, and the bench's. No product that is installed links it.
    .target(name: "Oracle", dependencies: ["Engine", "Reports"], path: "Tests/Oracle", swiftSettings: strict),
    tests("Engine", ["Oracle", "Reports"]),
    // What fuzzers run, and the same on their corpora at every run of the tests.
    .target(
      name: "Fuzz",
      dependencies: [
        "Configuration", "Decode", "Engine", "JSON", "Journal", "Platform", "Reports", "Service", "TestSupport", "Wire",
      ],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["Fuzz", "TestSupport"], exclude: ["Corpus"], swiftSettings: strict),
    tests("Export", ["JSON", "Platform", "Render", "Reports", "SQLite"]),
    tests("JSON"),
    tests("Journal", ["Reports", "Platform"]),
    tests("Peers"),
    tests("Platform"),
    .testTarget(
      name: "ProducerTests",
      dependencies: ["TocsinProducer", "TestSupport", "Journal", "Wire", "ZeroMQ", "Reports", "Platform"],
      swiftSettings: strict),
    tests("Render", ["JSON", "Reports"]),
    tests("Reports"),
    tests("SQLite"),
    tests("Sample", ["JSON", "Reports"]),
    tests(
      "Service",
      ["Archive", "Configuration", "Engine", "JSON", "Platform", "Reports", "TocsinProducer", "Wire", "ZeroMQ"]),
    tests("Spelling"),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"], exclude: ["Generate"], swiftSettings: strict),
    tests("Study", ["Engine", "Peers", "Reports"]),
    tests("Terms", ["Reports", "CText"]),
    .testTarget(name: "ThroughputTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
    tests("Wire", ["Reports"]),
    tests("ZeroMQ", ["CZeroMQ"]),
  ],
  cxxLanguageStandard: .cxx17
)

// libFuzzer is only there with `-sanitize=fuzzer`: `make fuzz` asks for its executable.
if Context.environment["TOCSIN_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(name: "tocsin-fuzz", dependencies: ["CFuzzer", "Fuzz"], path: "Tests/Fuzz/Command", swiftSettings: strict),
  ]
}
