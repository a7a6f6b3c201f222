import Glibc

/// Names and folders.
package enum FileSystem {
  /// Whether a path leads to a regular file, rather than to a folder, a pipe or a device.
  package static func isRegularFile(_ path: String) throws(SystemError) -> Bool {
    var status = stat()
    _ = try retrying("stat", path) { unsafe stat(path, &status) }
    return status.st_mode & S_IFMT == S_IFREG
  }

  /// The folder that a path names something in.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether two paths lead to one file.
  package static func isSameFile(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard unsafe stat(path, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// Whether anything has this path.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Gives a file another name, in one step; one that had it before is replaced.
  package static func rename(_ path: String, to newPath: String) throws(SystemError) {
    _ = try retrying("rename", path) { unsafe Glibc.rename(path, newPath) }
  }

  /// Gives a file another name that nothing has yet, in one step; EEXIST where something has. The old name stays, too.
  package static func link(_ path: String, as newPath: String) throws(SystemError) {
    _ = try retrying("make", newPath) { unsafe Glibc.link(path, newPath) }
  }

  /// Removes a file's name.
  package static func remove(_ path: String) throws(SystemError) {
    _ = try retrying("remove", path) { unsafe unlink(path) }
  }

  /// Makes a folder and those above it that are missing, for their owner only (0700).
  package static func makeDirectories(_ path: String) throws(SystemError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(component) : "/" + component
      if unsafe mkdir(prefix, 0o700) == 0 || errno == EEXIST { continue }
      let failure = SystemError.current("make directory", prefix)
      // A folder above may be closed to us and exist all the same.
      guard exists(prefix) else { throw failure }
    }
    var status = stat()
    _ = try retrying("stat", path) { unsafe stat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw SystemError(operation: "make directory", subject: path, errno: ENOTDIR)
    }
  }

  /// The names in a folder, ascending byte by byte, without `.` and `..`.
  package static func names(in path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw .current("list", path) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(directory) else { break }
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw .current("list", path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Waits until a folder's names are on the disk: after making, renaming or removing a file in it.
  package static func synchronizeDirectory(_ path: String) throws(SystemError) {
    let rawValue = try retrying("open", path) { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    let descriptor = Descriptor(owning: rawValue)
    guard fsync(descriptor.rawValue) == 0 else { throw .current("sync", path) }
  }

  /// The bytes that an ordinary user may still write on the file system that holds `path`.
  package static func freeByteCount(at path: String) throws(SystemError) -> UInt64 {
    var status = statvfs()
    _ = try retrying("statvfs", path) { unsafe statvfs(path, &status) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }
}
