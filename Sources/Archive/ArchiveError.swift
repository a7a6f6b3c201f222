import Glibc
package import Reports
package import SQLite

/// Why the store could not be opened, read or written: what, where, and what to do next.
package enum ArchiveError: Error {
  /// There is no store in the folder.
  case missing(path: String)
  /// The file is of another program, or no database at all.
  case notAStore(path: String, detail: String)
  /// A later release has written it.
  case newerSchema(path: String, found: Int, supported: Int)
  /// An earlier release has written it, and this access may not migrate it.
  case olderSchema(path: String, found: Int, supported: Int)
  /// The file belongs to another store than the folder it lies in.
  case otherStore(path: String, found: String, expected: String)
  /// This user may not read it, or its folder does not allow what reading needs.
  case unreadable(path: String, detail: String)
  /// The store holds acts that a file does not from which others are to be added.
  case ownActs(path: String, number: UInt64)
  /// This user may read it, but not write what analysts do.
  case unwritable(path: String, detail: String)
  /// The disk or the size limit is full; the transaction was rolled back and can be tried again.
  case full(SQLiteError)
  /// The content contradicts itself.
  case corrupt(path: String, detail: String)
  /// Changes that do not follow upon the stored position: a fault of the caller.
  case outOfOrder(path: String, stored: UInt64, given: UInt64)
  /// A sample's text could not be fetched; the transaction was rolled back.
  case sample(any Error)
  /// What was said then is not kept any more.
  case historyGone(path: String, kind: SummaryKind, asked: Timestamp, first: Timestamp)
  /// Another process holds the file so that nobody may read it.
  case locked(path: String)
  /// A reader of an earlier state keeps the write-ahead log from being emptied.
  case heldLog(path: String)
  /// Everything else that SQLite reports.
  case database(SQLiteError)

  /// Whether there was no space: the same call may succeed once there is.
  package var isFull: Bool { if case .full = self { true } else { false } }

  init(_ error: SQLiteError) {
    switch error.kind {
    case .full: self = .full(error)
    case .corrupt: self = .corrupt(path: error.path, detail: error.message)
    case .notADatabase: self = .notAStore(path: error.path, detail: error.message)
    case _ where [ENOSPC, EDQUOT].contains(error.systemErrorNumber): self = .full(error)
    // Without SQL it is the opening that failed; a statement may miss one of the files beside the store.
    case .cannotOpen where error.sql.isEmpty && error.systemErrorNumber == ENOENT: self = .missing(path: error.path)
    case .cannotOpen, .readOnly: self = .unreadable(path: error.path, detail: error.message)
    case .busy: self = .locked(path: error.path)
    case .constraint, .other: self = .database(error)
    }
  }
}

extension ArchiveError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .heldLog(let path):
      "\(path)-wal: somebody reads an earlier state of the store, which is kept there with what was deleted since; end that (a query, "
        + "a backup, a shell), and do the same once more"
    case .missing(let path):
      "\(path): there is no store here; check the folder, or start the aggregator once to make it"
    case .notAStore(let path, let detail):
      "\(path): not a Tocsin store (\(detail)); check the folder, or move the file away"
    case .newerSchema(let path, let found, let supported):
      "\(path): schema version \(found) is newer than version \(supported), the newest this release knows; use a newer release"
    case .olderSchema(let path, let found, let supported):
      "\(path): schema version \(found) is older than version \(supported); `tocsin db migrate` brings the store up to date, and so does the "
        + "next start of the aggregator"
    case .otherStore(let path, let found, let expected):
      "\(path): belongs to store \(found), not to \(expected) as its folder does; move it away, it is built anew from the journal"
    case .unreadable(let path, let detail):
      "\(path): cannot be opened (\(detail)); let this user read the file and its folder, or copy the folder to a writable place"
    case .unwritable(let path, let detail):
      "\(path): cannot be written (\(detail)); what analysts do is kept in it: let this user write the file and its folder"
    case .ownActs(let path, let number):
      "\(path): somebody has acted in it already (act \(number) is not in the file), and would seem to have acted before; write down what "
        + "`tocsin acts` lists, move this file away, too, let the next start make it anew, and salvage then before anybody acts"
    case .full(let error):
      "\(error)"
    case .corrupt(let path, let detail):
      "\(path): damaged (\(detail)); stop the aggregator and move the file away, the next start makes it anew from the journal; `tocsin db salvage` carries over what analysts did, which is only there"
    case .outOfOrder(let path, let stored, let given):
      "\(path): holds everything through journal position \(stored), so changes through \(given) do not follow; replay from \(stored)"
    case .sample(let error):
      "a sample's text could not be read, nothing was stored: \(error)"
    case .historyGone(_, let kind, let asked, let first):
      "\(asked): the history of \(kind.rawValue)s begins at \(first); ask for a later time ([history] says how much is kept)"
    case .locked(let path):
      "\(path): another process holds it and lets nobody read; wait until it is done, or end it, and try again"
    case .database(let error):
      "\(error)"
    }
  }
}

/// Runs code whose failures are SQLite's, as code whose failures are the store's.
func storing<Value: ~Copyable>(_ body: () throws(SQLiteError) -> Value) throws(ArchiveError) -> Value {
  do throws(SQLiteError) {
    return try body()
  } catch {
    throw ArchiveError(error)
  }
}
