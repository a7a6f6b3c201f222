import CPlatform

/// Unpredictable bytes from the kernel.
package enum SecureRandom {
  /// Fresh random bytes.
  package static func bytes(count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled...])
        let transferred = unsafe cplatform_random(rest.baseAddress, rest.count)
        if transferred < 0 {
          failure = .current("read", "random bytes")
          return
        }
        filled += Int(transferred)
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// A fresh random integer.
  package static func integer() throws(SystemError) -> UInt64 {
    try bytes(count: 8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
