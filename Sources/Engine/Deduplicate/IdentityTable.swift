package import Reports

/// The identities seen in a window of event time, each with a digest of its content: exact deduplication on (source, id).
///
/// An entry belongs to the generation in which it was first seen, or last where it is renewed; a generation ends after a sixteenth of the
/// window, or of the capacity, whichever comes first. Whole generations expire; their places stay where they are and are reused or
/// swept. Nothing is ever deleted singly.
package struct IdentityTable: ~Copyable, Sendable {
  /// What is known of an identity.
  package enum Sight { case first, same, conflicting }

  struct Generation {
    var startedAt: Int64
    var endedAt: Int64
    var count: Int
  }

  private static let divisions = 16
  /// Generations that are told apart at once: fewer than half of the marks. Past it the current one goes on however many it has.
  private static let generationLimit = 64

  private let windowMicroseconds: Int64
  private let capacity: Int
  private var buckets: IdentityBuckets
  /// Live generations, oldest first; the last is the current one.
  private var generations: [Generation] = []
  /// Their marks; one's age is its generation's index.
  private var marks = IdentityBuckets.Marks(first: 1, count: 0)
  /// As many insertions up to such a time neither begin nor end a generation.
  private var calm = (count: 0, until: Int64.min)
  private var oldestNumber = 0
  private var sweptAtNumber = 0

  /// Identities held now.
  package private(set) var count = 0
  /// Identities forgotten before their window was over, because the table was full.
  private(set) var forgottenEarlyCount: UInt64 = 0

  package init(windowMicroseconds: Int64, capacity: Int) {
    self.windowMicroseconds = windowMicroseconds
    self.capacity = max(capacity, Self.divisions)
    buckets = IdentityBuckets(capacity: self.capacity)
  }

  /// Has the places of identities brought near that `sight` will be asked for, all at once: so the waits for memory overlap.
  ///
  /// - Parameter lows: The low halves of the hashes.
  package mutating func warm(_ lows: [UInt64]) { buckets.warm(lows.span) }

  /// What is known of an identity now.
  ///
  /// - Complexity: O(1) expected; the hash is keyed.
  package mutating func sight(high: UInt64, low: UInt64, digest: UInt64) -> Sight {
    let key = IdentityBuckets.Key(high: high, low: low, digest: digest)
    guard let word = buckets.find(key, marks, count: count) else { return .first }
    return (word ^ key.rest) >> 8 == 0 ? .same : .conflicting
  }

  /// Remembers an identity that `sight` called first, at the newest event time seen so far.
  package mutating func insert(high: UInt64, low: UInt64, digest: UInt64, at newest: Timestamp) {
    if calm.count > 0, newest.microseconds <= calm.until { calm.count -= 1 } else { advance(to: newest.microseconds) }
    if buckets.isFull { sweep() }
    buckets.insert(IdentityBuckets.Key(high: high, low: low, digest: digest), mark: currentMark, marks)
    let current = generations.count - 1
    if generations[current].endedAt < newest.microseconds { generations[current].endedAt = newest.microseconds }
    generations[current].count += 1
    count += 1
  }

  /// Remembers an identity that `sight` knew from now on: for a window that slides.
  ///
  /// - Complexity: O(1) expected.
  mutating func renew(high: UInt64, low: UInt64, digest: UInt64, at newest: Timestamp) {
    advance(to: newest.microseconds)
    // It may leave a generation without any.
    calm.count = 0
    let key = IdentityBuckets.Key(high: high, low: low, digest: digest)
    if let word = buckets.renew(key, mark: currentMark, marks) {
      generations[marks.age(word)].count -= 1
      generations[generations.count - 1].count += 1
    } else {
      // It was about to be forgotten.
      insert(high: high, low: low, digest: digest, at: newest)
    }
  }

  /// Bytes of the places.
  package var byteCount: Int { buckets.byteCount }

  /// The most bytes that the places of a table take.
  static func byteCountBound(capacity: Int) -> Int {
    IdentityBuckets.byteCountBound(entryCount: max(capacity, divisions))
  }

  private var currentMark: Int { marks.last }
  private func mark(of number: Int) -> Int { number % IdentityBuckets.Marks.count + 1 }

  /// Opens and expires generations for the newest event time.
  private mutating func advance(to newest: Int64) {
    while let oldest = generations.first,
      oldest.endedAt < newest - windowMicroseconds || (oldest.count == 0 && generations.count > 1)
    { expireOldest() }
    while count >= capacity, generations.count > 1 { forgottenEarlyCount += UInt64(expireOldest()) }
    let division = windowMicroseconds / Int64(Self.divisions)
    var room = capacity / Self.divisions - (generations.last?.count ?? 0)
    if let current = generations.last, newest - current.startedAt < division,
      room > 0 || generations.count >= Self.generationLimit
    {
      generations[generations.count - 1].endedAt = max(current.endedAt, newest)
    } else {
      room = capacity / Self.divisions
      generations.append(Generation(startedAt: newest, endedAt: newest, count: 0))
      // A mark may come round again only after every place that bears it was swept.
      if oldestNumber + generations.count - sweptAtNumber > IdentityBuckets.Marks.count - Self.generationLimit { sweep() }
    }
    note()
    // One is about to come in.
    calm.count = min(room, capacity - count) - 1
    calm.until = min(generations[0].endedAt + windowMicroseconds, generations[generations.count - 1].startedAt + division - 1)
  }

  /// Notes the marks of the live generations.
  private mutating func note() { marks = .init(first: mark(of: oldestNumber), count: generations.count) }

  @discardableResult
  private mutating func expireOldest() -> Int {
    let expired = generations.removeFirst()
    oldestNumber += 1
    count -= expired.count
    return expired.count
  }

  private mutating func sweep() {
    note()
    buckets.sweep(count: count, marks)
    sweptAtNumber = oldestNumber
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try buckets.code(&coder)
    try coder.code(&generations)
    try coder.code(&oldestNumber)
    try coder.code(&sweptAtNumber)
    try coder.code(&count)
    try coder.code(&forgottenEarlyCount)
    note()
    calm.count = 0
  }
}
