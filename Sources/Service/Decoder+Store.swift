import Configuration
import Decode

extension Decoder {
  /// A decoder that hashes with a store's secrets and allows the configured skew.
  init(identity: StoreIdentity, configuration: Configuration) throws(DecodeError) {
    try self.init(
      DecodeSettings(
        reporterKey: identity.reporterKey,
        maximumSkewAheadMicroseconds: Int64(configuration.time.maximumSkewAheadMinutes) * 60_000_000))
  }
}
