import Reports

/// Hashes reporters under a secret that changes with the period of event time, so that nobody, with the store in hand but not
/// the secret, can link what one reporter said in different periods.
///
/// A period's key is SipHash-2-4-128 of the period's number under the deployment's secret. The period comes from the event
/// and not from a clock, so the same event has the same hash whenever it is decoded.
struct ReporterHasher {
  private let secret: SipHash.Key
  private let periodMicroseconds: Int64
  private var period: Int64
  private var key: SipHash.Key

  init(_ settings: DecodeSettings) {
    precondition((1...36_525).contains(settings.reporterRotationDays), "a period is between a day and a century")
    secret = settings.reporterKey
    periodMicroseconds = Int64(settings.reporterRotationDays) * 86_400_000_000
    period = 0
    key = Self.key(of: 0, secret: secret)
  }

  private static func key(of period: Int64, secret: SipHash.Key) -> SipHash.Key {
    var hash = SipHash(key: secret, compressionRounds: 2, finalizationRounds: 4, wide: true)
    hash.combine(UInt64(bitPattern: period))
    let (first, second) = hash.finish128()
    return SipHash.Key(first: first, second: second)
  }

  /// SipHash-2-4 of the source, a byte that is in no UTF-8, and the reporter; never zero, which is kept for "absent".
  mutating func hash(source: Span<UInt8>, reporter: Span<UInt8>, time: Timestamp) -> UInt64 {
    let period = time.bin(ofMicroseconds: periodMicroseconds)
    if period != self.period {
      key = Self.key(of: period, secret: secret)
      self.period = period
    }
    var hash = SipHash(key: key, compressionRounds: 2, finalizationRounds: 4)
    let separator: InlineArray<1, UInt8> = [0xff]
    hash.combine(source)
    hash.combine(separator.span)
    hash.combine(reporter)
    return max(1, hash.finish())
  }
}
