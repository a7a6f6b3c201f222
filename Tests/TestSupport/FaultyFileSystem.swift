import CFaultyFileSystem
import Glibc
import Platform
import Synchronization

/// A `FaultyStorage` as a file system of SQLite's, by name: what SQLite writes is short, torn or lost as the storage says.
///
/// Its files lie at the root: "/summaries.sqlite" is the storage's "summaries.sqlite". One connection at a time may use a file.
@safe package final class FaultyFileSystem {
  /// What SQLite knows it by.
  package let name: String
  private let handle: UnsafeMutablePointer<sqlite3_vfs>

  private static let count = Atomic<Int>(0)

  /// Nil where SQLite has no memory.
  package init?(_ storage: FaultyStorage) {
    name = "faulty-\(Self.count.add(1, ordering: .relaxed).newValue)"
    var calls = unsafe Self.calls
    unsafe calls.disk = Unmanaged.passRetained(storage).toOpaque()
    guard let handle = unsafe faulty_file_system_register(name, &calls) else {
      unsafe Unmanaged.passUnretained(storage).release()
      return nil
    }
    unsafe self.handle = handle
  }

  deinit { unsafe faulty_file_system_unregister(handle) }

  private static var calls: faulty_calls {
    unsafe faulty_calls(
      disk: nil,
      open: { disk, name, creates in
        unsafe call(disk) { disk throws(SystemError) in Int32(try disk.node(of: unsafe fileName(name), creates: creates != 0)) }
      },
      exists: { disk, name in
        unsafe call(disk) { disk throws(SystemError) in
          let name = unsafe fileName(name)
          return try disk.operate("stat", name) { contents throws(SystemError) in contents.names[name] == nil ? 0 : 1 }
        }
      },
      remove: { disk, name in
        unsafe call(disk) { disk throws(SystemError) in
          try disk.remove(unsafe fileName(name))
          return 0
        }
      },
      sync_names: { disk in
        unsafe call(disk) { disk throws(SystemError) in
          try disk.synchronizeDirectory()
          return 0
        }
      },
      size: { disk, file in
        unsafe Int64(
          call(disk) { disk throws(SystemError) in Int32(clamping: try FaultyFile(storage: disk, node: file).byteCount()) })
      },
      read: { disk, file, bytes, count, offset in
        unsafe call(disk) { disk throws(SystemError) in
          let found = try FaultyFile(storage: disk, node: file).read(at: UInt64(offset), count: Int(count))
          unsafe UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)).copyBytes(from: found)
          return Int32(found.count)
        }
      },
      write: { disk, file, bytes, count, offset in
        unsafe call(disk) { disk throws(SystemError) in
          let given = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
          return Int32(try FaultyFile(storage: disk, node: file).write(given, at: UInt64(offset)))
        }
      },
      truncate: { disk, file, size in
        unsafe call(disk) { disk throws(SystemError) in
          try FaultyFile(storage: disk, node: file).truncate(to: UInt64(size))
          return 0
        }
      },
      sync: { disk, file in
        unsafe call(disk) { disk throws(SystemError) in
          try FaultyFile(storage: disk, node: file).synchronize()
          return 0
        }
      },
      release: { disk in
        if let disk = unsafe disk { unsafe Unmanaged<FaultyStorage>.fromOpaque(disk).release() }
      })
  }
}

extension FaultyFile {
  /// A file by its number.
  fileprivate convenience init(storage: FaultyStorage, node: Int32) {
    self.init(storage: storage, name: "file \(node)", node: Int(node))
  }
}

/// Calls the disk behind a pointer; its failure is an errno below zero.
private func call(
  _ disk: UnsafeMutableRawPointer?, _ body: (FaultyStorage) throws(SystemError) -> Int32
) -> Int32 {
  guard let disk = unsafe disk else { return -EIO }
  do throws(SystemError) {
    return try body(unsafe Unmanaged<FaultyStorage>.fromOpaque(disk).takeUnretainedValue())
  } catch { return -error.errno }
}

private func fileName(_ path: UnsafePointer<CChar>?) -> String {
  guard let path = unsafe path else { return "" }
  let text = unsafe String(cString: path)
  return text.hasPrefix("/") ? String(text.dropFirst()) : text
}
