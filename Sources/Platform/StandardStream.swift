import Glibc

/// Where a program's results and complaints go.
package enum StandardStream: Int32, Sendable {
  case output = 1
  case error = 2

  /// Writes everything; lines of several threads stay whole as long as each is written by one call.
  package func write(_ bytes: some Sequence<UInt8>) throws(SystemError) {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let written = try retrying("write", self == .output ? "standard output" : "standard error") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(rawValue, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(written)
    }
  }
}

/// The environment that the program was started with.
package enum Environment {
  /// A variable's value; nil where it is not set.
  package static func value(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}
