import Export

/// A text's file while it is written.
final class TextFile {
  private var file: OutputFile

  init(_ file: consuming OutputFile) { self.file = file }

  func write(_ bytes: [UInt8]) throws { try file.write(bytes.span) }

  func finish() throws { try file.finish() }
}
