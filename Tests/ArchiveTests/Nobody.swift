import Foundation
import Testing

/// Root may do everything, so this thread's file accesses become nobody's meanwhile.
func asNobody(_ body: () throws -> Void) throws {
  guard getuid() == 0 else { return try body() }
  // Glibc's module does not have <sys/fsuid.h>.
  guard let symbol = unsafe dlsym(nil, "setfsuid") else {
    Issue.record("there is no setfsuid")
    return
  }
  let setUser = unsafe unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
  _ = setUser(65_534)
  defer { _ = setUser(0) }
  try body()
}
