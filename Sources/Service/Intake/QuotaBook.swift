package import Configuration

/// What each producer may still send of its quotas. All of its keys, names and epochs share one. The clock is the caller's.
package struct QuotaBook: Sendable {
  private struct Buckets {
    var events: TokenBucket?
    var bytes: TokenBucket?
    var keywords: TokenBucket?

    var all: [TokenBucket] { [events, bytes, keywords].compactMap { $0 } }
  }

  /// By the name of the table.
  private var buckets: [String: Buckets] = [:]

  package init(_ producers: [Configuration.Producer], at now: UInt64) { update(producers, at: now) }

  /// Takes over other quotas; what a producer has used up it has used up.
  package mutating func update(_ producers: [Configuration.Producer], at now: UInt64) {
    var updated: [String: Buckets] = [:]
    for producer in producers {
      // A short burst: what one may send at once, others have to wait for.
      let old = buckets[producer.name]
      let quotas = producer.quotas
      let bytesPerSecond = quotas.kibibytesPerSecond.map { Double($0) * 1_024 }
      updated[producer.name] = Buckets(
        events: Self.bucket(old?.events, quotas.eventsPerSecond.map(Double.init), burstSeconds: 0.1, at: now),
        bytes: Self.bucket(old?.bytes, bytesPerSecond, burstSeconds: 0.1, at: now),
        keywords: Self.bucket(
          old?.keywords, quotas.newKeywordsPerHour.map { Double($0) / 3_600 }, burstSeconds: 3_600, at: now))
    }
    buckets = updated
  }

  private static func bucket(
    _ old: TokenBucket?, _ perSecond: Double?, burstSeconds: Double, at now: UInt64
  ) -> TokenBucket? {
    guard let perSecond else { return nil }
    let burst = max(1, perSecond * burstSeconds)
    guard var bucket = old else { return TokenBucket(perSecond: perSecond, burst: burst, at: now) }
    bucket.change(perSecond: perSecond, burst: burst, at: now)
    return bucket
  }

  /// Whether any producer's new keywords are to be counted.
  package var countsKeywords: Bool { buckets.values.contains { $0.keywords != nil } }

  /// Milliseconds that a producer is to wait, at most an hour; nil where it may send now.
  package func waitMilliseconds(_ name: String, at now: UInt64) -> UInt64? {
    let wait = buckets[name]?.all.map { $0.wait(at: now) }.max() ?? 0
    return wait == 0 ? nil : min(3_600_000, max(1, (wait + 999_999) / 1_000_000))
  }

  /// The most that a producer needs under way to use its quotas: their burst. With more it would only send again and again what is
  /// answered by BUSY.
  package func creditLimit(_ name: String) -> Load {
    let events = buckets[name]?.events.map { Int($0.burst) } ?? .max
    let bytes = buckets[name]?.bytes.map { Int($0.burst) } ?? .max
    return Load(events: max(1, events), bytes: max(1, bytes))
  }

  /// Takes a batch of a producer out of its quotas.
  package mutating func charge(_ name: String, events: Int, bytes: Int, newKeywords: Int, at now: UInt64) {
    buckets[name]?.events?.take(events, at: now)
    buckets[name]?.bytes?.take(bytes, at: now)
    buckets[name]?.keywords?.take(newKeywords, at: now)
  }
}
