import Glibc
import Platform

/// What the operating system says of this process's memory.
enum ProcessMemory {
  /// Bytes that are resident now; zero where the system does not say.
  static var residentByteCount: Int {
    // The second of the numbers in /proc/self/statm is resident pages. The file has no length, so it is read as a stream.
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line: [UInt8] = []
    while line.count < 256 {
      let character = unsafe fgetc(file)
      if character == EOF { break }
      line.append(UInt8(truncatingIfNeeded: character))
    }
    let fields = line.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
