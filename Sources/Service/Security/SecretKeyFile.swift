import Glibc
import Platform
package import ZeroMQ

/// A secret key in a file that only its owner can read: one line, a heading and 40 characters of Z85.
package enum SecretKeyFile {
  private static let heading = "tocsin-secret-key-1 "

  /// Reads a key.
  ///
  /// - Throws: `ServiceError` where the file cannot be read, is open to others, or holds no key. It never quotes the file.
  package static func read(_ path: String) throws(ServiceError) -> CurveKeyPair {
    let bytes = try ServiceError.wrapping {
      // A pipe would be waited for.
      guard try FileSystem.isRegularFile(path) else {
        throw ServiceError("\(path): not a regular file; a secret key is kept in one")
      }
      let file = try File(path, .read)
      let permissions = try file.permissions()
      guard permissions & 0o077 == 0 else {
        throw ServiceError(
          "\(path): its mode is 0\(String(permissions, radix: 8)), so that others can read the secret key or replace it; "
            + "`chmod 600 \(path)`, and make a new key where somebody may have seen it")
      }
      return try file.readAll(limit: 4_096)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let isOurs = text.hasPrefix(heading) && text.hasSuffix("\n")
    guard isOurs, let pair = CurveKeyPair(secretKeyText: String(text.dropFirst(heading.count).dropLast())) else {
      throw ServiceError("\(path): not a secret key; `tocsin keygen FILE` makes one")
    }
    return pair
  }

  /// Makes a new key and its file, of mode 0600, whole or not at all.
  ///
  /// - Throws: `ServiceError` where something has that name, or it cannot be written.
  package static func create(_ path: String) throws(ServiceError) -> CurveKeyPair {
    try ServiceError.wrapping {
      let pair = try CurveKeyPair.generate()
      let number = try SecureRandom.integer()
      let temporary = "\(path).\(String(number, radix: 36)).new"
      let file: File
      do throws(SystemError) { file = try File(temporary, .createExclusively) } catch {
        let reason = SystemError(operation: "make", subject: path, errno: error.errno)
        throw ServiceError("\(reason)" + (error.errno == ENOENT ? "; make its folder first" : ""))
      }
      defer { try? FileSystem.remove(temporary) }
      try file.write(Array("\(heading)\(pair.secretKeyText)\n".utf8).span, at: 0)
      try file.synchronize()
      do {
        try FileSystem.link(temporary, as: path)
      } catch let error as SystemError where error.errno == EEXIST {
        throw ServiceError(
          "\(path): there is such a file already, and a key is never overwritten; choose another name, or move it away")
      }
      let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      try FileSystem.synchronizeDirectory(folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
      return pair
    }
  }
}
