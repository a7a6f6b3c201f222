import Foundation
import TestSupport

/// A disk under a program that takes as long for a sync as it is told to.
struct SlowDisk {
  struct Failed: Error {}

  let environment: [String: String]
  private let file: URL

  /// Builds the library that is loaded before the program's own.
  init(in folder: TemporaryFolder) throws {
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "SlowDisk/slow_disk.c")
    let library = folder.path("slow_disk.so")
    guard try Child.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source.path, "-ldl"]) == 0 else { throw Failed() }
    file = folder.url.appending(path: "slow-disk")
    environment = ["LD_PRELOAD": library, "SLOW_DISK": file.path]
  }

  /// How long a sync takes from now on; those that wait now included.
  func setDelay(milliseconds: Int) throws { try Data("\(milliseconds)".utf8).write(to: file, options: .atomic) }
}
