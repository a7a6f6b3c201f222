import Glibc

/// Sends datagrams to a Unix socket that another process reads, such as the service manager's.
package struct DatagramSender: ~Copyable, Sendable {
  private let path: String
  private let descriptor: Descriptor

  /// Connects to a socket.
  ///
  /// - Parameter path: an absolute path, or `@` and a name of the abstract namespace.
  /// - Throws: `SystemError` where it is neither, too long, or nobody reads there.
  package init(path: String) throws(SystemError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    let isAbstract = name.first == UInt8(ascii: "@")
    guard isAbstract || name.first == UInt8(ascii: "/"), name.count > 1 else {
      throw SystemError(operation: "connect to", subject: path, errno: EAFNOSUPPORT)
    }
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SystemError(operation: "connect to", subject: path, errno: ENAMETOOLONG)
    }
    // The abstract name begins with a zero and has no end of its own: the length tells it.
    if isAbstract { name[0] = 0 } else { name.append(0) }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let flags = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let rawValue = try retrying("open a socket for", path) { socket(AF_UNIX, flags, 0) }
    let owner = Descriptor(owning: rawValue)
    _ = try retrying("connect to", path) {
      unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(rawValue, $0, length) }
      }
    }
    self.path = path
    descriptor = owner
  }

  /// Sends one datagram.
  ///
  /// - Throws: `SystemError` where nobody reads there any more, or the reader is so far behind that it would have to be waited for.
  package borrowing func send(_ bytes: [UInt8]) throws(SystemError) {
    _ = try retrying("send to", path) {
      unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
    }
  }
}
