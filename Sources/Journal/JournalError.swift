package import Platform
package import Reports

/// Why a journal cannot go on.
package enum JournalError: Error, Equatable, Sendable {
  /// No space: nothing was lost, and the same call may succeed when some has been freed.
  case full(SystemError)
  /// The disk failed; this journal takes nothing more until it is opened again.
  case failed(SystemError)
  /// What was written is not what is read.
  case damaged(JournalDamage)
  case foreignStore(path: String, found: StoreID, expected: StoreID)
  case unsupportedVersion(path: String, version: UInt32)
  /// The batch breaks a bound, so that it could not be read back; it was not taken.
  case unencodable(BatchFormatError)
  /// A record checks, but holds no batch that this program knows.
  case undecodable(path: String, offset: UInt64, BatchFormatError)
  /// A record checks, but is not of the kind that was asked for: the folder is another part's.
  case otherKind(path: String, offset: UInt64)
  /// A record cannot be changed in its place: what it would become is so much longer.
  case longer(path: String, offset: UInt64, byteCount: Int)
  /// No record begins at this position.
  case noRecord(position: UInt64)

  /// Whether the same call may succeed once what is short is freed; after any other error of the writer it will not.
  package var isFull: Bool {
    if case .full = self { return true }
    return false
  }

  /// What there is too little of, in words, for a reader too; nil where it will not pass.
  package var shortage: String? {
    switch self {
    case .full(let error), .failed(let error): error.shortage
    default: nil
    }
  }

  /// What a failed write means: want of space passes, anything else does not.
  init(writing error: SystemError) { self = error.shortage == nil ? .failed(error) : .full(error) }
}

extension JournalError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .full(let error): "\(error); the journal waits until that passes, and nothing is lost"
    case .failed(let error): "\(error); the journal takes nothing more: see to the disk, then start again"
    case .damaged(let damage): "\(damage); repairing sets the rest aside in *.damaged files"
    case .foreignStore(let path, let found, let expected):
      "\(path): belongs to store \(found), not to \(expected); move it to its own store"
    case .unsupportedVersion(let path, let version):
      "\(path): journal format \(version) is of a later program; use that one"
    case .unencodable(let error): "\(error); the batch was not taken"
    case .undecodable(let path, let offset, let error): "\(path): at byte \(offset): \(error)"
    case .otherKind(let path, let offset):
      "\(path): at byte \(offset): a record of another kind: outboxes and the journals of stores are kept apart; name the right folder"
    case .longer(let path, let offset, let byteCount):
      "\(path): at byte \(offset): a record of an earlier program would become \(byteCount) bytes longer and cannot be changed in its "
        + "place; `tocsin journal export --format binary` makes a store of today's form"
    case .noRecord(let position): "no record of the journal begins at position \(position)"
    }
  }
}

/// Runs a call of the storage; its failure is the journal's.
func failing<Value: ~Copyable>(_ call: () throws(SystemError) -> Value) throws(JournalError) -> Value {
  do { return try call() } catch { throw .failed(error) }
}
