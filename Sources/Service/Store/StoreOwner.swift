import Archive
package import Configuration
import Platform

/// Who may give events to a store now.
package enum StoreOwner: Equatable, Sendable {
  /// Nobody has it: whoever asks may open it.
  case nobody
  /// An aggregator has it; nil where it does not listen.
  case aggregator(endpoint: String?, process: Int?)

  /// Looks who holds the lock of an existing store.
  package init(directory: String) throws(ServiceError) {
    let layout = StoreLayout(directory: directory)
    guard FileSystem.exists(layout.identity) else {
      throw ServiceError("\(directory): holds no store; name the folder that `serve` or `replay` was given with --store")
    }
    do {
      _ = try FileLock(directory: directory)
      self = .nobody
    } catch FileLockError.held(_, let holder) {
      self = .aggregator(endpoint: EndpointNote.read(layout), process: holder)
    } catch {
      throw ServiceError("\(error)")
    }
  }

  /// Sees to it that opening a store with a configuration would not make its summaries anew: only `serve` and `replay` may.
  package static func requireSameSettings(directory: String, _ configuration: Configuration) throws(ServiceError) {
    let meta = try ServiceError.wrapping { try ArchiveReader(folder: directory).meta() }
    guard meta.settingsFingerprint == configuration.fingerprint else {
      throw ServiceError(
        "\(directory): was made with other settings; name their file with --config, and --profile where one was given")
    }
  }
}
