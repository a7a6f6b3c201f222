package import Reports
package import ZeroMQ

/// How much a producer gathers, holds and waits. Times are in milliseconds. What lies outside sensible bounds is taken as the bound.
public struct ProducerSettings: Equatable, Sendable {
  /// What `publish` does while the outbox is full.
  public enum Fullness: Equatable, Sendable {
    /// Waits until acknowledgements have made room.
    case wait
    /// Throws `OutboxError.full` at once.
    case fail
  }

  /// How the bodies hold their events.
  package var mediaType: MediaType = .ndjson
  /// The first wait for WELCOME; each further one is twice as long, up to the maximum.
  public var greetingMilliseconds: UInt64 = 250
  public var maximumGreetingMilliseconds: UInt64 = 5_000
  /// How long an ACK may be outstanding before the session is begun anew; doubles, up to eight times, until an ACK comes.
  public var acknowledgementMilliseconds: UInt64 = 5_000
  /// How long nothing at all may be heard before giving up; nil is for ever.
  public var giveUpMilliseconds: UInt64?
  /// Its keys and the aggregator's; nil for an aggregator that asks nobody.
  package var credentials: CurveCredentials?
  /// Shortens every wait before another HELLO, and lengthens every wait after BUSY, by a random part of at most a half, so that
  /// many producers do not come back at once; nil waits exactly. The same seed draws the same.
  public var jitterSeed: UInt64?

  /// Events and bytes of one batch; the aggregator's limits hold where they are lower.
  public var batchEventCount = Limits.defaultBatchEventCount
  public var batchByteCount = Limits.defaultBatchByteCount
  /// How long an event waits for more before its batch is sent.
  public var lingerMilliseconds: UInt64 = 20
  /// What may be sent and not acknowledged, however much credit the aggregator grants.
  public var windowEventCount: UInt64 = 16_384
  public var windowByteCount: UInt64 = 4 << 20

  /// Bytes that the outbox may have on the disk; at least 1 MiB.
  public var outboxByteCount = 256 << 20
  public var whenFull = Fullness.wait
  /// Begin a new epoch at the start, and set aside what is damaged in the outbox: after the aggregator's store was replaced, or
  /// after damage. What was sent and not acknowledged before may be received again, and is recognised by `source` and `id`.
  public var renewsEpoch = false

  public init() {}

  /// Speaks CURVE: proves to hold a secret key, and speaks only to the aggregator whose public key is given. Both are 40 characters
  /// of Z85, as `tocsin keygen` makes them. False, and nothing is changed, where either is no key.
  public mutating func setKeys(secretKey: String, serverKey: String) -> Bool {
    guard let keys = CurveKeyPair(secretKeyText: secretKey), let serverKey = CurveKey(serverKey) else { return false }
    credentials = CurveCredentials(keys: keys, serverKey: serverKey)
    return true
  }

  /// The same within bounds that no sum of them overflows: waits of at most a day, windows of at most a tebibyte.
  var clamped: ProducerSettings {
    let day: UInt64 = 86_400_000
    var settings = self
    settings.greetingMilliseconds = min(max(1, greetingMilliseconds), day)
    settings.maximumGreetingMilliseconds = min(max(1, maximumGreetingMilliseconds), day)
    settings.acknowledgementMilliseconds = min(max(1, acknowledgementMilliseconds), day)
    settings.giveUpMilliseconds = giveUpMilliseconds.map { min($0, 365 * day) }
    settings.lingerMilliseconds = min(lingerMilliseconds, day)
    settings.windowEventCount = min(max(1, windowEventCount), 1 << 40)
    settings.windowByteCount = min(max(1, windowByteCount), 1 << 40)
    settings.outboxByteCount = min(max(outboxByteCount, Outbox.leastLimitByteCount), 1 << 50)
    return settings
  }
}
