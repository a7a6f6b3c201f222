import Foundation

/// What a service manager has: the socket that `NOTIFY_SOCKET` names, and the datagrams that come there.
final class NotificationSocket {
  let path: String
  private let descriptor: Int32
  /// Every line that came, in order.
  private(set) var lines: [String] = []

  struct Failed: Error {}

  /// - Parameter path: of a file to be made, or `@` and a name of the abstract namespace.
  init(path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    guard code == 0 else { throw Failed() }
  }

  deinit { close(descriptor) }

  /// Takes what comes within a time.
  func listen(milliseconds: Int32) {
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&item, 1, milliseconds) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    guard count > 0 else { return }
    lines += String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Waits until a line that begins so has come, after the first `count` lines.
  func waits(for prefix: String, after count: Int = 0, seconds: Int = 20) -> Bool {
    for _ in 0..<(seconds * 20) {
      if lines.dropFirst(count).contains(where: { $0.hasPrefix(prefix) }) { return true }
      listen(milliseconds: 50)
    }
    return false
  }

  /// How many lines of a kind come within a time.
  func count(of line: String, milliseconds: Int) -> Int {
    let before = lines.count
    let end = Date(timeIntervalSinceNow: Double(milliseconds) / 1_000)
    while Date() < end { listen(milliseconds: 20) }
    return lines.dropFirst(before).count { $0 == line }
  }
}
