package import Reports

/// The identities seen in a window of event time, each with a digest of its content: exact deduplication on (source, id).
///
/// Open addressing with linear probing, 24 bytes a slot. An entry belongs to the generation in which it was first seen, or last
/// where it is renewed; a generation ends after a sixteenth of the window, or of the capacity, whichever comes first. Whole
/// generations expire; their entries stay in the probe chains as dead slots and are reused or swept at the next rehash. Nothing is
/// ever deleted singly.
package struct IdentityTable {
  /// What is known of an identity.
  package enum Sight { case first, same, conflicting }

  struct Entry {
    var high: UInt64
    var low: UInt64
    /// 56 bits of the content's digest; the low byte is the generation's mark, 1…255, and 0 in an empty slot.
    var digestAndMark: UInt64
  }

  struct Generation {
    var startedAt: Int64
    var endedAt: Int64
    var count: Int
  }

  private static let divisions = 16
  private static let marks = 255
  /// Generations that are told apart at once: fewer than half of the marks. Past it the current one goes on however many it has.
  private static let generationLimit = 64

  private let windowMicroseconds: Int64
  private let capacity: Int
  private var entries: [Entry]
  private var usedSlotCount = 0
  /// Live generations, oldest first; the last is the current one.
  private var generations: [Generation] = []
  private var oldestNumber = 0
  private var sweptAtNumber = 0
  /// What `warm` has read, so that it is read.
  private var warmth: UInt64 = 0

  /// Identities held now.
  package private(set) var count = 0
  /// Identities forgotten before their window was over, because the table was full.
  private(set) var forgottenEarlyCount: UInt64 = 0

  package init(windowMicroseconds: Int64, capacity: Int) {
    self.windowMicroseconds = windowMicroseconds
    self.capacity = max(capacity, Self.divisions)
    entries = Array(repeating: Entry(high: 0, low: 0, digestAndMark: 0), count: 1_024)
  }

  /// Reads the places of identities that `sight` will be asked for, all at once: so the waits for memory overlap.
  ///
  /// - Parameter lows: The low halves of the hashes.
  package mutating func warm(_ lows: [UInt64]) {
    let mask = entries.count - 1
    var sum: UInt64 = 0
    for low in lows { sum &+= entries[Int(truncatingIfNeeded: low) & mask].digestAndMark }
    warmth = sum
  }

  /// What is known of an identity now.
  ///
  /// - Complexity: O(1) expected; the hash is keyed.
  package func sight(high: UInt64, low: UInt64, digest: UInt64) -> Sight {
    var slot = Int(truncatingIfNeeded: low) & (entries.count - 1)
    while entries[slot].digestAndMark != 0 {
      let entry = entries[slot]
      if entry.low == low, entry.high == high, isLive(entry) {
        return entry.digestAndMark >> 8 == digest >> 8 ? .same : .conflicting
      }
      slot = (slot + 1) & (entries.count - 1)
    }
    return .first
  }

  /// Remembers an identity that `sight` called first, at the newest event time seen so far.
  package mutating func insert(high: UInt64, low: UInt64, digest: UInt64, at newest: Timestamp) {
    advance(to: newest.microseconds)
    if (usedSlotCount + 1) * 4 > entries.count * 3 { rehash() }
    var slot = Int(truncatingIfNeeded: low) & (entries.count - 1)
    while entries[slot].digestAndMark != 0, isLive(entries[slot]) { slot = (slot + 1) & (entries.count - 1) }
    if entries[slot].digestAndMark == 0 { usedSlotCount += 1 }
    entries[slot] = Entry(high: high, low: low, digestAndMark: digest & ~255 | UInt64(currentMark))
    generations[generations.count - 1].count += 1
    count += 1
  }

  /// Remembers an identity that `sight` knew from now on: for a window that slides.
  ///
  /// - Complexity: O(1) expected.
  mutating func renew(high: UInt64, low: UInt64, digest: UInt64, at newest: Timestamp) {
    advance(to: newest.microseconds)
    var slot = Int(truncatingIfNeeded: low) & (entries.count - 1)
    while entries[slot].digestAndMark != 0 {
      let entry = entries[slot]
      if entry.low == low, entry.high == high, isLive(entry) {
        generations[age(of: entry)].count -= 1
        generations[generations.count - 1].count += 1
        entries[slot].digestAndMark = entry.digestAndMark & ~255 | UInt64(currentMark)
        return
      }
      slot = (slot + 1) & (entries.count - 1)
    }
    // It was about to be forgotten.
    insert(high: high, low: low, digest: digest, at: newest)
  }

  /// Bytes of the slots.
  var byteCount: Int { entries.count * MemoryLayout<Entry>.stride }

  /// The most bytes that the slots of a table take; while they are swept or grow, the old ones are held beside them.
  static func byteCountBound(capacity: Int) -> Int {
    var size = 1_024
    while (max(capacity, divisions) + 1) * 2 > size { size *= 2 }
    return size * MemoryLayout<Entry>.stride
  }

  private var currentMark: Int { mark(of: oldestNumber + generations.count - 1) }
  private func mark(of number: Int) -> Int { number % Self.marks + 1 }

  /// The index of an entry's generation; past their end for one that has expired.
  private func age(of entry: Entry) -> Int {
    (Int(entry.digestAndMark & 255) - mark(of: oldestNumber) + Self.marks) % Self.marks
  }

  private func isLive(_ entry: Entry) -> Bool { age(of: entry) < generations.count }

  /// Opens and expires generations for the newest event time.
  private mutating func advance(to newest: Int64) {
    while let oldest = generations.first,
      oldest.endedAt < newest - windowMicroseconds || (oldest.count == 0 && generations.count > 1)
    { expireOldest() }
    while count >= capacity, generations.count > 1 { forgottenEarlyCount += UInt64(expireOldest()) }
    if let current = generations.last {
      let isOver = newest - current.startedAt >= windowMicroseconds / Int64(Self.divisions)
      let isFull = current.count >= capacity / Self.divisions && generations.count < Self.generationLimit
      if !isOver, !isFull {
        generations[generations.count - 1].endedAt = max(current.endedAt, newest)
        return
      }
    }
    generations.append(Generation(startedAt: newest, endedAt: newest, count: 0))
    // A mark may come round again only after every slot that bears it was swept.
    if oldestNumber + generations.count - sweptAtNumber > Self.marks - 64 { rehash() }
  }

  @discardableResult
  private mutating func expireOldest() -> Int {
    let expired = generations.removeFirst()
    oldestNumber += 1
    count -= expired.count
    return expired.count
  }

  /// Sweeps the dead slots, and grows where the living need it.
  private mutating func rehash() {
    var size = entries.count
    while (count + 1) * 2 > size { size *= 2 }
    let old = entries
    entries = Array(repeating: Entry(high: 0, low: 0, digestAndMark: 0), count: size)
    usedSlotCount = count
    sweptAtNumber = oldestNumber
    for entry in old where entry.digestAndMark != 0 && isLive(entry) {
      var slot = Int(truncatingIfNeeded: entry.low) & (size - 1)
      while entries[slot].digestAndMark != 0 { slot = (slot + 1) & (size - 1) }
      entries[slot] = entry
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&entries)
    try coder.code(&usedSlotCount)
    try coder.code(&generations)
    try coder.code(&oldestNumber)
    try coder.code(&sweptAtNumber)
    try coder.code(&count)
    try coder.code(&forgottenEarlyCount)
  }
}
