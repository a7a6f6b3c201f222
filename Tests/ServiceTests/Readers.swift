import Foundation
import JSON
import TestSupport

/// The programs of others that read what is exported.
enum Readers {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A script of `bench/`.
  static func script(_ name: String) -> String { package.appending(path: "bench/\(name)").path }

  /// The Python that has pyogrio, which `make test` installs; nil, and said so, where it is not there.
  static var python: String? {
    let path = package.appending(path: ".build/python/bin/python").path
    if (try? Child.run([path, "-c", "import pyogrio"])) == 0 { return path }
    print("SKIPPED: .build/python has no pyogrio; `bench/install-python.sh` installs it")
    return nil
  }

  /// Whether a program is installed; said where it is not.
  static func has(_ program: String) -> Bool {
    if (try? Child.run([program, "--version"])) == 0 { return true }
    print("SKIPPED: \(program) is not installed; `make test` installs gdal-bin")
    return false
  }

  static func run(_ words: [String]) throws -> Result {
    let folder = try TemporaryFolder()
    let status = try Child(words, output: folder.path("out"), errors: folder.path("err")).wait()
    func text(_ name: String) -> String {
      String(decoding: (try? Data(contentsOf: folder.url.appending(path: name))) ?? Data(), as: UTF8.self)
    }
    return Result(status: status, output: text("out"), errors: text("err"))
  }

  /// Whether two values are the same where one of them has made a number of what the other calls an integer.
  static func isEqual(_ a: JSONValue?, _ b: JSONValue?) -> Bool {
    if let number = a?.double, let other = b?.double { return number == other }
    return (a ?? .null) == (b ?? .null)
  }
}
