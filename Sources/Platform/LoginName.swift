import Glibc

/// What the system calls whom this process runs as.
package enum LoginName {
  /// The name in the user database; nil where that does not know the user.
  package static var current: String? {
    var entry = unsafe passwd()
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      var found: UnsafeMutablePointer<passwd>?
      guard let start = buffer.baseAddress else { return nil }
      let code = unsafe getpwuid_r(geteuid(), &entry, start, buffer.count, &found)
      guard code == 0, unsafe found != nil, let name = unsafe entry.pw_name else { return nil }
      return unsafe String(cString: name)
    }
  }
}
