import Configuration
import Decode
import Reports
import Terms

extension Decoder {
  /// A decoder that hashes with a store's secrets, and makes keywords and allows skew as configured.
  init(identity: StoreIdentity, configuration: Configuration) throws(DecodeError) {
    try self.init(reporterKey: identity.reporterKey, configuration: configuration)
  }

  /// The same with a secret of its own.
  init(reporterKey: SipHash.Key, configuration: Configuration) throws(DecodeError) {
    try self.init(
      DecodeSettings(
        reporterKey: reporterKey,
        maximumSkewAheadMicroseconds: Int64(configuration.time.maximumSkewAheadMinutes) * 60_000_000,
        reporterRotationDays: configuration.terms.reporterRotationDays,
        terms: TermsSettings(language: configuration.terms.language)))
  }
}
