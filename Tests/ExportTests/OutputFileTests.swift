import Export
import Foundation
import Platform
import TestSupport
import Testing

struct OutputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

  private func write(_ text: String, _ name: String, replaces: Bool = false) throws {
    var file = try OutputFile(folder.path(name), replaces: replaces)
    try file.write(Array(text.utf8).span)
    try file.finish()
  }

  private func text(_ name: String) throws -> String { try String(contentsOfFile: folder.path(name), encoding: .utf8) }

  private func failure(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  @Test func itAppearsWhole() throws {
    var file = try OutputFile(folder.path("a"), replaces: false)
    #expect(names.count == 1 && names[0].hasPrefix("a.partial-"))
    try file.write(Array("one ".utf8).span)
    try file.write(Array("two".utf8).span)
    try file.finish()
    #expect(names == ["a"])
    #expect(try text("a") == "one two")
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path("a"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func whatIsThereStays() throws {
    try write("old", "a")
    #expect(failure { try write("new", "a") }.contains("--force"))
    #expect(try text("a") == "old" && names == ["a"])
    try write("new", "a", replaces: true)
    #expect(try text("a") == "new" && names == ["a"])
  }

  /// Somebody makes the file between our look and our naming.
  @Test func whatHasComeMeanwhileStays() throws {
    var file = try OutputFile(folder.path("a"), replaces: false)
    try Data("theirs".utf8).write(to: URL(filePath: folder.path("a")))
    #expect(throws: OutputError.self) { try file.finish() }
    #expect(try text("a") == "theirs")
  }

  @Test func whatGoesUnfinishedLeavesNothing() throws {
    try write("old", "a")
    do {
      let file = try OutputFile(folder.path("a"), replaces: true)
      try file.write(Array("half".utf8).span)
    }
    #expect(names == ["a"])
    #expect(try text("a") == "old")
  }

  @Test func whatIsNoFileIsRefused() throws {
    #expect(failure { _ = try OutputFile(folder.path, replaces: true) }.contains("is no file"))
    #expect(failure { _ = try OutputFile("/dev/null", replaces: true) }.contains("is no file"))
    #expect(failure { _ = try OutputFile(folder.path("none/a"), replaces: true) }.contains("a folder that exists"))
  }
}
