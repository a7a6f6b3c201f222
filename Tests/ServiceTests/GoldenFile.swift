import Foundation
import Testing

/// Output that is kept as it is in Tests/Golden; UPDATE_GOLDEN=1 writes it anew.
enum GoldenFile {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
    path: "Golden")

  static func check(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = folder.appending(path: name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let kept = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    #expect(text == kept, "\(name) differs; UPDATE_GOLDEN=1 keeps what is printed now", sourceLocation: sourceLocation)
  }

  /// The files of a folder, without their endings.
  static func names(in name: String) throws -> Set<String> {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
    return Set(names.map { String($0.prefix { $0 != "." }) })
  }
}
