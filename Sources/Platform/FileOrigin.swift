import CPlatform
import Glibc

/// What tells a file from a copy of it, wherever the copy is: the same after a restart and under another name.
package struct FileOrigin: Equatable, Sendable {
  package var inode: UInt64
  /// When it was made, nanoseconds since 1970; 0 where the file system does not keep it.
  package var birthNanoseconds: UInt64
  /// /etc/machine-id; empty where there is none. It is not to be shown: hash it.
  package var machine: [UInt8]

  package init(inode: UInt64, birthNanoseconds: UInt64, machine: [UInt8]) {
    self.inode = inode
    self.birthNanoseconds = birthNanoseconds
    self.machine = machine
  }

  private static let machineByteCount = 256

  /// The origin of a file on this machine.
  package init(path: String) throws(SystemError) {
    let file = try File(path, .read)
    guard let (inode, birth) = Self.status(file.rawDescriptor) else { throw .current("stat", path) }
    self.init(inode: inode, birthNanoseconds: birth)
  }

  /// The origin of an open file; nil where the system does not tell.
  init?(_ descriptor: borrowing Descriptor) {
    guard let (inode, birth) = Self.status(descriptor.rawValue) else { return nil }
    self.init(inode: inode, birthNanoseconds: birth)
  }

  private init(inode: UInt64, birthNanoseconds: UInt64) {
    let machine = try? File("/etc/machine-id", .read).readAll(limit: Self.machineByteCount)
    self.init(inode: inode, birthNanoseconds: birthNanoseconds, machine: machine ?? [])
  }

  private static func status(_ descriptor: Int32) -> (inode: UInt64, birth: UInt64)? {
    var (inode, birth): (UInt64, UInt64) = (0, 0)
    return unsafe cplatform_file_origin(descriptor, &inode, &birth) == 0 ? (inode, birth) : nil
  }
}
