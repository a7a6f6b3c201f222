import Platform

/// A file that a command writes because it was asked to: whole under its name, or not there.
enum OutputFile {
  /// Replaces what stood under the name.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let draft = path + ".part"
    do {
      if FileSystem.exists(draft) { try FileSystem.remove(draft) }
      let file = try File(draft, .createExclusively)
      try file.write(bytes.span, at: 0)
      try file.synchronize()
      try FileSystem.rename(draft, to: path)
    } catch {
      try? FileSystem.remove(draft)
      throw error
    }
  }
}
