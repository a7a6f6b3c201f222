import CTOML
package import Engine
import Glibc

extension Configuration {
  /// Reads the file at a path.
  ///
  /// - Parameter profile: a preset that holds instead of the one that the file names.
  /// - Throws: `ConfigurationError`: the file cannot be read, is no UTF-8 or TOML, or holds what is not understood.
  package static func load(path: String, profile: Profile? = nil) throws(ConfigurationError) -> Configuration {
    let bytes: [UInt8]
    do {
      bytes = try read(path: path, limit: Int(CTOML_MAXIMUM_BYTES))
    } catch {
      throw ConfigurationError(problems: [.init(file: path, line: nil, column: nil, key: "", message: error.message)])
    }
    // Invalid UTF-8 would become U+FFFD in a string: TOML forbids it, so it is refused here.
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(problems: [
        .init(file: path, line: 1, column: 1, key: "", message: "not valid UTF-8; save it as UTF-8")
      ])
    }
    return try Configuration(parsing: text, file: path, profile: profile)
  }

  private struct ReadError: Error {
    var message: String
    init(_ message: String) { self.message = message }
    init(code: Int32) {
      let reason = unsafe String(cString: strerror(code))
      message = "cannot be read: \(reason); check the path and who may read it"
    }
  }

  private static func read(path: String, limit: Int) throws(ReadError) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw ReadError("cannot be read: a path holds no zero byte") }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadError(code: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let added = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if added == 0 { break }
      if added < 0 && errno == EINTR { continue }
      guard added > 0 else { throw ReadError(code: errno) }
      count += added
    }
    guard count <= limit else { throw ReadError("too long: a configuration has at most \(limit) bytes") }
    return Array(bytes.prefix(count))
  }
}
