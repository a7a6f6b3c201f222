package import Foundation

/// Data that is not part of the package: in `TOCSIN_DATA`, or in `shared/data` beside the package.
package enum SharedData {
  package static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["TOCSIN_DATA"] { return URL(filePath: path) }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/data")
  }()

  /// The files of a folder and below that end in a suffix, by name; empty, and said so, where there are none.
  package static func files(in folder: String, suffix: String) -> [URL] {
    let walk = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
    let files = (walk?.compactMap { $0 as? URL } ?? []).filter { $0.lastPathComponent.hasSuffix(suffix) }
    if files.isEmpty { print("SKIPPED: no \(suffix) in \(folder) of the shared data; set TOCSIN_DATA") }
    return files.sorted { $0.path < $1.path }
  }

  package static func bytes(_ file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
}
