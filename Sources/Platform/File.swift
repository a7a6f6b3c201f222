import CPlatform
import Glibc

/// An open regular file: every call finishes its work or throws; short transfers and interruptions are seen to here.
///
/// Positioned reads and writes may come from several threads at once.
package struct File: ~Copyable, Sendable {
  package enum Mode: Sendable {
    case read
    /// Reads and writes what exists.
    case update
    /// Reads and writes; made where it does not exist.
    case create
    /// Reads and writes; refused where it exists.
    case createExclusively
    /// Every write goes to the end; made where it does not exist.
    case append
  }

  package let path: String
  private let descriptor: Descriptor

  /// Opens a file; one that is made is readable and writable by its owner only (0600).
  package init(_ path: String, _ mode: Mode) throws(SystemError) {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .create: O_RDWR | O_CREAT
      case .createExclusively: O_RDWR | O_CREAT | O_EXCL
      case .append: O_RDWR | O_CREAT | O_APPEND
      }
    let rawValue = try retrying("open", path) { unsafe open(path, flags | O_CLOEXEC, 0o600) }
    self.path = path
    descriptor = Descriptor(owning: rawValue)
  }

  /// For `flock` and its like.
  package var rawDescriptor: Int32 { descriptor.rawValue }

  /// Whether anybody else has the file open, in this process or another, or another name for it; true where that cannot be told.
  package var isOpenElsewhere: Bool { cplatform_is_open_elsewhere(descriptor.rawValue) != 0 }

  /// The length in bytes.
  package func byteCount() throws(SystemError) -> UInt64 {
    var status = stat()
    _ = try retrying("stat", path) { unsafe fstat(descriptor.rawValue, &status) }
    return UInt64(status.st_size)
  }

  /// Who may do what: the lower nine bits of the mode, as `chmod` takes them.
  package func permissions() throws(SystemError) -> UInt32 {
    var status = stat()
    _ = try retrying("stat", path) { unsafe fstat(descriptor.rawValue, &status) }
    return status.st_mode & 0o777
  }

  /// Reads at most `count` bytes at `offset`; fewer only where the file ends.
  package func read(at offset: UInt64, count: Int) throws(SystemError) -> [UInt8] {
    // A count from outside must not reserve more than there is to read.
    let size = try byteCount()
    let wanted = offset < size ? min(count, Int(size - offset)) : 0
    guard wanted > 0 else { return [] }
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      filled = 0
      do throws(SystemError) {
        while filled < wanted {
          let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
          let transferred = try retrying("read", path) {
            unsafe pread(descriptor.rawValue, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
          }
          if transferred == 0 { break }
          filled += transferred
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the whole file where it is no longer than `limit` bytes; EFBIG where it is.
  package func readAll(limit: Int) throws(SystemError) -> [UInt8] {
    guard try byteCount() <= UInt64(limit) else { throw SystemError(operation: "read", subject: path, errno: EFBIG) }
    return try read(at: 0, count: limit)
  }

  /// Writes once at `offset`, perhaps not everything; the number of bytes written.
  package func writeSome(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) -> Int {
    let descriptor = descriptor.rawValue
    return try retrying("write", path) {
      unsafe bytes.withUnsafeBufferPointer { unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
    }
  }

  /// Writes everything at `offset`. Where it throws, some of it may have been written.
  package func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(SystemError) {
    var written = 0
    while written < bytes.count {
      written += try writeSome(bytes.extracting(droppingFirst: written), at: offset + UInt64(written))
    }
  }

  /// Writes everything at the place where the last such write ended; at the end in mode `append`.
  package func write(_ bytes: Span<UInt8>) throws(SystemError) {
    let descriptor = descriptor.rawValue
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(droppingFirst: written)
      written += try retrying("write", path) {
        unsafe rest.withUnsafeBufferPointer { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      }
    }
  }

  /// Cuts off, or fills up with zeros, to `byteCount`.
  package func truncate(to byteCount: UInt64) throws(SystemError) {
    _ = try retrying("truncate", path) { ftruncate(descriptor.rawValue, off_t(byteCount)) }
  }

  /// Waits until the bytes and the length are on the disk. A failure leaves unknown what is: never just try again.
  package func synchronize() throws(SystemError) {
    guard fdatasync(descriptor.rawValue) == 0 else { throw .current("sync", path) }
  }
}
