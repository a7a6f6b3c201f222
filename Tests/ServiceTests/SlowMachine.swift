import Foundation
import TestSupport

/// A machine under `tocsin serve` that is as slow as it is told to be.
struct SlowMachine {
  struct Failed: Error {}

  let environment: [String: String]
  private let folder: TemporaryFolder

  /// Builds the library that is loaded before the program's own.
  init(in folder: TemporaryFolder) throws {
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "SlowMachine/slow_machine.c")
    let library = folder.path("slow_machine.so")
    guard try Child.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source.path, "-ldl"]) == 0 else { throw Failed() }
    self.folder = folder
    environment = ["LD_PRELOAD": library, "SLOW_SYNC": folder.path("slow-sync"), "SLOW_ENGINE": folder.path("slow-engine")]
  }

  /// How long a sync takes from now on; those that wait now included.
  func setSync(milliseconds: Int) throws { try set("slow-sync", milliseconds) }

  /// How long a batch holds the engine from now on, the one in hand included.
  func setEngine(milliseconds: Int) throws { try set("slow-engine", milliseconds) }

  private func set(_ name: String, _ milliseconds: Int) throws {
    try Data("\(milliseconds)".utf8).write(to: folder.url.appending(path: name), options: .atomic)
  }
}
