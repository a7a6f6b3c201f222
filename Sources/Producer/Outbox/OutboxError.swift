import Journal
import Platform

/// Why an outbox cannot be used, or not any more.
public enum OutboxError: Error, Equatable, Sendable {
  /// Another process has it; the id is nil where it could not be read.
  case held(path: String, process: Int?)
  /// What was promised is not what is read. Nothing was changed; `ProducerSettings.renewsEpoch` sets the rest aside and goes on.
  case damaged(path: String, String)
  /// A later program wrote it.
  case unsupportedVersion(path: String, version: UInt32)
  /// The disk has no space: the events were not taken, nothing is lost, and the same call may succeed later.
  case diskFull(String)
  /// The disk failed; this outbox takes nothing more until it is opened again.
  case failed(String)
  /// The outbox holds as much as its limit allows; the events were not taken.
  case full(limitByteCount: Int)
}

extension OutboxError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .held(let path, let process):
      "\(path): this outbox is held by \(process.map { "process \($0)" } ?? "another process"); stop it first, or use another folder"
    case .damaged(let path, let what):
      "\(path): \(what); restore it, or set the rest aside and go on under a new epoch (send --renew)"
    case .unsupportedVersion(let path, let version): "\(path): outbox format \(version) is of a later program; use that one"
    case .diskFull(let reason): "\(reason); the outbox takes nothing until space is freed, and what it holds is safe"
    case .failed(let reason): "\(reason); the outbox takes nothing more: see to the disk, then start again"
    case .full(let limit): "the outbox holds its limit of \(limit) bytes; wait for acknowledgements, or raise the limit"
    }
  }

  /// What a fault of the journal below means here.
  init(_ error: JournalError, at path: String) {
    switch error {
    case .full(let reason): self = .diskFull("\(reason)")
    case .failed(let reason): self = .failed("\(reason)")
    case .unsupportedVersion(let path, let version): self = .unsupportedVersion(path: path, version: version)
    case .damaged(let damage): self = .damaged(path: path, "\(damage)")
    default: self = .damaged(path: path, "\(error)")
    }
  }

  static func wrapping<Value>(
    _ path: String, _ call: () throws(SystemError) -> Value
  ) throws(OutboxError) -> Value {
    do { return try call() } catch { throw error.shortage == nil ? .failed("\(error)") : .diskFull("\(error)") }
  }

  static func journal<Value>(
    _ path: String, _ call: () throws(JournalError) -> Value
  ) throws(OutboxError) -> Value {
    do { return try call() } catch { throw OutboxError(error, at: path) }
  }
}
