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
  ///
  /// The three are written behind the bytes of a draft, where they stand until something else does.
  mutating func hash(source: Span<UInt8>, reporter: Span<UInt8>, time: Timestamp, at scratch: UnsafeMutablePointer<UInt8>)
    -> UInt64
  {
    let period = time.bin(ofMicroseconds: periodMicroseconds)
    if period != self.period {
      key = Self.key(of: period, secret: secret)
      self.period = period
    }
    unsafe Self.copy(source, to: scratch)
    unsafe scratch[source.count] = 0xff
    unsafe Self.copy(reporter, to: scratch + source.count + 1)
    return unsafe max(1, Self.hash(scratch, count: source.count + 1 + reporter.count, key: key))
  }

  /// Copies a string of an event, behind which a parser's padding is readable, in steps of sixteen bytes.
  @inline(__always)
  private static func copy(_ text: Span<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
    unsafe text.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      var index = 0
      while index < source.count {
        let piece = unsafe (base + index).loadUnaligned(as: SIMD16<UInt8>.self)
        unsafe UnsafeMutableRawPointer(target + index).storeBytes(of: piece, as: SIMD16<UInt8>.self)
        index += 16
      }
    }
  }

  /// SipHash-2-4 of bytes that stand in one place: what `SipHash` gives for them.
  private static func hash(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, key: SipHash.Key) -> UInt64 {
    var v0 = 0x736f_6d65_7073_6575 ^ key.first
    var v1 = 0x646f_7261_6e64_6f6d ^ key.second
    var v2 = 0x6c79_6765_6e65_7261 ^ key.first
    var v3 = 0x7465_6462_7974_6573 ^ key.second
    // The last word is what is left, zeros behind it, and the count.
    unsafe UnsafeMutableRawPointer(bytes + count).storeBytes(of: 0, as: UInt64.self)
    var index = 0
    while index <= count {
      var word = unsafe UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self))
      if index + 8 > count { word |= UInt64(count & 255) << 56 }
      v3 ^= word
      round(&v0, &v1, &v2, &v3)
      round(&v0, &v1, &v2, &v3)
      v0 ^= word
      index += 8
    }
    v2 ^= 0xff
    for _ in 0..<4 { round(&v0, &v1, &v2, &v3) }
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inline(__always)
  private static func round(_ v0: inout UInt64, _ v1: inout UInt64, _ v2: inout UInt64, _ v3: inout UInt64) {
    v0 &+= v1
    v1 = (v1 << 13 | v1 >> 51) ^ v0
    v0 = v0 << 32 | v0 >> 32
    v2 &+= v3
    v3 = (v3 << 16 | v3 >> 48) ^ v2
    v0 &+= v3
    v3 = (v3 << 21 | v3 >> 43) ^ v0
    v2 &+= v1
    v1 = (v1 << 17 | v1 >> 47) ^ v2
    v2 = v2 << 32 | v2 >> 32
  }
}
