import Export

extension OutputFile {
  /// Writes a whole file, which replaces what stood under the name.
  static func write(_ bytes: [UInt8], to path: String) throws {
    var file = try OutputFile(path, replaces: true)
    try file.write(bytes.span)
    try file.finish()
  }
}
