import Foundation
import Platform
import TestSupport
import Testing

@Suite struct FileLockTests {
  @Test func oneHolderAtATimeAndItIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/lock"
    do {
      let lock = try FileLock(directory: folder.path)
      #expect(throws: FileLockError.held(path: path, holder: Int(getpid()))) { _ = try FileLock(directory: folder.path) }
      #expect(try File(path, .read).readAll(limit: 20) == Array("\(getpid())\n".utf8))
      _ = consume lock
    }
    _ = try FileLock(directory: folder.path)
  }

  @Test func aFolderThatIsMissingIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/no/lock"
    #expect(throws: FileLockError.failed(SystemError(operation: "open", subject: path, errno: ENOENT))) {
      _ = try FileLock(directory: folder.path + "/no")
    }
  }

  /// Another process takes the lock and is killed.
  @Test func theKernelReleasesTheLockOfTheDead() throws {
    let tool = "/usr/bin/flock"
    guard FileSystem.exists(tool) else {
      print("SKIPPED: \(tool) is not there, so that no other process can take the lock")
      return
    }
    let folder = try TemporaryFolder()
    let command = "exec \(tool) --no-fork -x '\(folder.path)/lock' sh -c 'echo $$; exec sleep 60'"
    guard let child = unsafe popen(command, "r") else { throw SystemError.current("start", tool) }
    var line = [CChar](repeating: 0, count: 20)
    _ = unsafe fgets(&line, 20, child)
    let text = String(decoding: line.prefix { $0 >= 48 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let identifier = try #require(Int32(text))
    #expect(throws: FileLockError.held(path: folder.path + "/lock", holder: nil)) {
      _ = try FileLock(directory: folder.path)
    }
    kill(identifier, SIGKILL)
    unsafe pclose(child)
    _ = try FileLock(directory: folder.path)
  }
}
