import Glibc
import Platform

extension OutputFile {
  /// Has a program that is none of ours write at the end what it makes of what it reads.
  ///
  /// - Parameters:
  ///   - arguments: its name, which is looked for in PATH, and what follows.
  ///   - package: the Debian package that brings it, for whoever lacks it.
  package func write(_ bytes: [UInt8], through arguments: [String], ofPackage package: String) throws {
    let code: Int32
    do throws(SystemError) {
      code = try ReaderProcess(arguments, output: file.rawDescriptor).feed(bytes)
    } catch {
      guard error.errno == ENOENT else { throw OutputError.cannotWrite(path: path, error) }
      throw OutputError.noProgram(path: path, program: arguments[0], package: package)
    }
    guard code == 0 else { throw OutputError.programFailed(path: path, program: arguments[0], code: code) }
  }
}
