import Foundation
import Platform
import TestSupport
import Testing

@Suite struct FileTests {
  @Test func writesReadsAndCuts() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a"
    let file = try File(path, .createExclusively)
    try file.write(Array("hello world".utf8).span, at: 3)
    #expect(try file.byteCount() == 14)
    #expect(try file.read(at: 0, count: 5) == [0, 0, 0, 0x68, 0x65])
    #expect(try file.read(at: 12, count: 100) == Array("ld".utf8))
    #expect(try file.read(at: 14, count: 1) == [])
    #expect(try file.read(at: 1 << 40, count: .max) == [])
    try file.truncate(to: 4)
    try file.synchronize()
    #expect(try File(path, .read).readAll(limit: 4) == [0, 0, 0, 0x68])
    #expect(throws: SystemError(operation: "read", subject: path, errno: EFBIG)) { _ = try File(path, .read).readAll(limit: 3) }
  }

  @Test func appendsAtTheEnd() throws {
    let folder = try TemporaryFolder()
    for word in ["one", "two"] { try File(folder.path + "/a", .append).write(Array(word.utf8).span) }
    #expect(try File(folder.path + "/a", .read).readAll(limit: 100) == Array("onetwo".utf8))
  }

  @Test func errorsNameWhatWhereAndWhy() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/missing"
    #expect(throws: SystemError(operation: "open", subject: path, errno: ENOENT)) { _ = try File(path, .read) }
    #expect("\(SystemError(operation: "open", subject: "/x", errno: ENOENT))" == "open /x: No such file or directory")
    _ = try File(path, .create)
    #expect(throws: SystemError(operation: "open", subject: path, errno: EEXIST)) { _ = try File(path, .createExclusively) }
    let reading = try File(path, .read)
    #expect(throws: SystemError(operation: "write", subject: path, errno: EBADF)) { try reading.write([1].span, at: 0) }
  }

  @Test func aCopyHasAnotherOriginAndANewNameHasNot() throws {
    let folder = try TemporaryFolder()
    try File(folder.path("a"), .create).write([1].span)
    try File(folder.path("b"), .create).write([1].span)
    let origin = try FileOrigin(path: folder.path("a"))
    #expect(try FileOrigin(path: folder.path("b")) != origin)
    try FileSystem.rename(folder.path("a"), to: folder.path("c"))
    try File(folder.path("c"), .update).write([2, 3].span)
    #expect(try FileOrigin(path: folder.path("c")) == origin)
    #expect(throws: SystemError.self) { _ = try FileOrigin(path: folder.path("a")) }
  }

  @Test func linesAreReadOnFromAnyOffset() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("lines")
    try File(path, .create).write(Array("one\ntwo\n\nfour".utf8).span)
    var whole = try LineReader(path: path, limit: 100)
    var seen: [(offset: UInt64, line: [UInt8])] = []
    while true {
      let offset = whole.offset
      guard try whole.next() else { break }
      seen.append((offset, whole.line))
    }
    #expect(seen.map(\.offset) == [0, 4, 8, 9] && whole.offset == 13)
    for (offset, line) in seen {
      var reader = try LineReader(path: path, limit: 100)
      #expect(reader.origin == (try FileOrigin(path: path)))
      try reader.seek(to: offset)
      #expect(try reader.next() && reader.line == line)
    }
    #expect(whole.bytes(before: 8, count: 4) == Array("two\n".utf8))
    #expect(whole.bytes(before: 2, count: 4) == Array("on".utf8))
    #expect(whole.bytes(before: 14, count: 4) == nil)
    #expect(try LineReader(path: "/dev/null", limit: 1).origin == nil)
  }

  @Test func foldersAndNames() throws {
    let folder = try TemporaryFolder()
    let deep = folder.path + "/x/y"
    try FileSystem.makeDirectories(deep)
    try FileSystem.makeDirectories(deep)
    for name in ["b", "a", "é", "B"] { _ = try File(deep + "/" + name, .create) }
    #expect(try FileSystem.names(in: deep) == ["B", "a", "b", "é"])
    try FileSystem.rename(deep + "/b", to: deep + "/c")
    try FileSystem.remove(deep + "/a")
    try FileSystem.synchronizeDirectory(deep)
    #expect(try FileSystem.names(in: deep) == ["B", "c", "é"])
    #expect(FileSystem.exists(deep + "/c") && !FileSystem.exists(deep + "/b"))
    #expect(throws: SystemError(operation: "make directory", subject: deep + "/c", errno: ENOTDIR)) {
      try FileSystem.makeDirectories(deep + "/c")
    }
    #expect(throws: SystemError.self) { try FileSystem.makeDirectories(deep + "/c/d") }
    #expect(throws: SystemError.self) { try FileSystem.names(in: folder.path + "/no") }
    #expect(try FileSystem.freeByteCount(at: deep) > 0)
  }

  @Test func aFolderIsItsOwnersOnly() throws {
    let folder = try TemporaryFolder()
    try FileSystem.makeDirectories(folder.path + "/x")
    _ = try File(folder.path + "/x/f", .create)
    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try mode(folder.path + "/x") == 0o700)
    #expect(try mode(folder.path + "/x/f") == 0o600)
  }
}
