import Engine
import Platform

/// Why a snapshot is of no use. None of it is a loss: the one before is, or the journal.
enum SnapshotError: Error, CustomStringConvertible {
  case damaged(path: String, String)
  case otherVersion(path: String, version: UInt32)
  case otherStore(path: String)
  case otherSettings(path: String)
  /// The summaries hold less than what had been given out when it was taken.
  case aheadOfSummaries(path: String)
  case failed(SystemError)

  var description: String {
    switch self {
    case .damaged(let path, let what): "\(path): \(what)"
    case .otherVersion(let path, let version):
      "\(path): state of version \(version); this program has version \(StateWriter.version)"
    case .otherStore(let path): "\(path): of another store"
    case .otherSettings(let path): "\(path): taken with other settings"
    case .aheadOfSummaries(let path): "\(path): ahead of the summaries, which an older copy may have replaced"
    case .failed(let error): "\(error)"
    }
  }
}
