import Configuration
import Decode
import Engine
import Journal
import Platform
import Reports
import Service
import Terms

/// The store that every stage works for: always the same keys, so that one hash holds for all of them.
enum BenchStore {
  static let identity = StoreIdentity(
    journalID: StoreID(high: 1, low: 2), identityKey: SipHash.Key(first: 3, second: 4),
    reporterKey: SipHash.Key(first: 5, second: 6))
  static let epoch = Epoch(high: 7, low: 8)
  static let producer = "bench"
  static let configuration = Configuration.default

  static var engineSettings: EngineSettings { engineSettings(of: configuration) }

  /// What an engine is told that works for this store under another configuration.
  static func engineSettings(of configuration: Configuration) -> EngineSettings {
    var settings = configuration.engine
    settings.identityKey = identity.identityKey
    return settings
  }

  static func decoder() throws -> Decoder {
    try Decoder(
      DecodeSettings(
        reporterKey: identity.reporterKey,
        maximumSkewAheadMicroseconds: Int64(configuration.time.maximumSkewAheadMinutes) * 60_000_000,
        reporterRotationDays: configuration.terms.reporterRotationDays,
        terms: TermsSettings(language: configuration.terms.language)))
  }

  /// A batch with nothing in it, whose first row is the event of that index.
  static func batch(at index: Int) -> ReportBatch {
    ReportBatch(
      producer: Array(producer.utf8), epoch: epoch, firstSequence: UInt64(index) + 1,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
  }

  /// The same in the memory of a batch that is needed no more, as the service does it.
  static func begin(_ batch: inout ReportBatch, at index: Int) {
    batch.begin(
      producer: Array(producer.utf8), epoch: epoch, firstSequence: UInt64(index) + 1,
      receivedAt: Timestamp(microseconds: Clock.wallMicroseconds()))
  }

  /// A new store in a folder.
  static func open(_ folder: String, configuration: Configuration = configuration) throws -> OpenStore {
    try FileSystem.makeDirectories(folder)
    let layout = StoreLayout(directory: folder)
    return try OpenStore(
      layout: layout, identity: identity, lock: nil, storage: try FileStorage(creating: layout.journal),
      snapshots: try FileStorage(creating: layout.snapshots), fileSystem: nil,
      segmentByteCount: configuration.journal.segmentMebibytes << 20, configuration: configuration)
  }
}
