import Glibc
package import Platform
import SQLite

/// Why nothing was exported: what, where, and what to do next.
package enum OutputError: Error {
  /// There is a file already.
  case exists(path: String)
  /// A folder, a device or the like.
  case notAFile(path: String)
  case cannotMake(path: String, SystemError)
  case cannotWrite(path: String, SystemError)
  /// What SQLite says of a GeoPackage that is being written.
  case cannotFill(path: String, detail: String, isFull: Bool)
  /// It takes a program that is not there.
  case noProgram(path: String, program: String, package: String)
  case programFailed(path: String, program: String, code: Int32)
  /// A signal has ended it.
  case interrupted

  /// A failure of SQLite's to write the file that will be at `path`.
  init(_ error: SQLiteError, path: String) {
    let reason = error.systemErrorNumber == 0 ? nil : SystemError.reason(error.systemErrorNumber)
    self = .cannotFill(
      path: path, detail: reason ?? error.message,
      isFull: error.kind == .full || [ENOSPC, EDQUOT, EFBIG].contains(error.systemErrorNumber))
  }
}

extension OutputError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists(let path): "\(path): is there already; name another file, or say --force to replace it"
    case .notAFile(let path): "\(path): is no file; name one, or - for standard output"
    case .cannotMake(let path, let error):
      "\(path): cannot be made (\(SystemError.reason(error.errno))); name a file in a folder that exists and that this user may write"
    case .cannotWrite(let path, let error):
      Self.failure(path, SystemError.reason(error.errno), isFull: [ENOSPC, EDQUOT, EFBIG].contains(error.errno))
    case .cannotFill(let path, let detail, let isFull): Self.failure(path, detail, isFull: isFull)
    case .noProgram(let path, let program, let package):
      "\(path): takes \(program), which is not there; install the Debian package \(package), or name a file of another form"
    case .programFailed(let path, let program, let code):
      "\(path): could not be written (\(program) ended with \(code)); name a file of another form; no half file is left"
    case .interrupted: "interrupted; nothing was exported, and no half file is left"
    }
  }

  private static func failure(_ path: String, _ detail: String, isFull: Bool) -> String {
    "\(path): could not be written (\(detail)); "
      + (isFull ? "free space, raise the limit of a file's size, or name a file elsewhere; " : "")
      + "no half file is left"
  }
}
