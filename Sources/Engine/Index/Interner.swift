import Reports

/// Names as dense numbers: each distinct run of bytes gets the next one, for ever.
struct Interner {
  private let key: SipHash.Key
  let capacity: Int
  private var bytes: [UInt8] = []
  private var starts: [UInt32] = [0]
  /// Open addressing, linear probing, at most half full; a slot holds a name's hash and, below it, its number plus one.
  private var slots: [UInt64] = Array(repeating: 0, count: 256)

  init(key: SipHash.Key, capacity: Int) {
    self.key = key
    self.capacity = capacity
  }

  var count: Int { starts.count - 1 }

  /// The bytes of a number that was given out.
  func name(_ number: UInt32) -> ArraySlice<UInt8> { bytes[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])] }

  /// The number of a name that is held; nil where it is not.
  func find(_ name: Span<UInt8>) -> UInt32? {
    let (number, _) = look(for: name, hash: hash(name))
    return number
  }

  /// The number of a name, and the slot where it is or belongs.
  private func look(for name: Span<UInt8>, hash: UInt32) -> (number: UInt32?, slot: Int) {
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Self.number(slots[slot])
      if Self.hash(slots[slot]) == hash, holds(number, name) { return (number, slot) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (nil, slot)
  }

  private static func hash(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot >> 32) }
  private static func number(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot) &- 1 }
  private static func slot(_ number: UInt32, hash: UInt32) -> UInt64 { UInt64(hash) << 32 | UInt64(number) + 1 }

  /// The number of a name, new if need be; nil once `capacity` names are held and this is another.
  ///
  /// - Complexity: O(length) expected; the hash is keyed, so nobody can aim for collisions.
  mutating func intern(_ name: Span<UInt8>) -> UInt32? {
    let hash = hash(name)
    let (known, slot) = look(for: name, hash: hash)
    if let known { return known }
    guard count < capacity, bytes.count + name.count <= Int(UInt32.max) else { return nil }
    for index in name.indices { bytes.append(name[index]) }
    slots[slot] = Self.slot(UInt32(count), hash: hash)
    starts.append(UInt32(bytes.count))
    if count * 2 > slots.count { grow() }
    return UInt32(count - 1)
  }

  /// Gives a number another name; the old one is held no more.
  ///
  /// - Complexity: O(bytes of all names).
  mutating func rename(_ number: UInt32, to name: [UInt8]) {
    var newBytes: [UInt8] = []
    var newStarts: [UInt32] = [0]
    newBytes.reserveCapacity(bytes.count + name.count)
    newStarts.reserveCapacity(starts.count)
    for other in 0..<UInt32(count) {
      newBytes += other == number ? name[...] : self.name(other)
      newStarts.append(UInt32(newBytes.count))
    }
    (bytes, starts) = (newBytes, newStarts)
    for index in slots.indices where slots[index] != 0 && Self.number(slots[index]) == number {
      slots[index] = Self.slot(number, hash: hash(name.span))
    }
    fill(slotCount: slots.count)
  }

  /// Whether a number that was given out is a name's.
  func holds(_ number: UInt32, _ name: Span<UInt8>) -> Bool {
    bytes.span.extracting(Int(starts[Int(number)])..<Int(starts[Int(number) + 1])).isSame(as: name)
  }

  private func hash(_ name: Span<UInt8>) -> UInt32 {
    var hasher = SipHash(key: key)
    hasher.combine(name)
    return UInt32(truncatingIfNeeded: hasher.finish())
  }

  private mutating func grow() { fill(slotCount: slots.count * 2) }

  private mutating func fill(slotCount: Int) {
    let old = slots
    slots = Array(repeating: 0, count: slotCount)
    for one in old where one != 0 {
      var slot = Int(Self.hash(one)) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = one
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    try coder.code(&bytes)
    try coder.code(&starts)
    try coder.code(&slots)
    // Names are asked for while the rest is read.
    if Coder.isReading, !isSound { throw .malformed("its names are not \(count) runs of \(bytes.count) bytes") }
  }

  private var isSound: Bool {
    !starts.isEmpty && starts[0] == 0 && starts[starts.count - 1] == bytes.count
      && zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 } && slots.count & (slots.count - 1) == 0
      && count * 2 <= slots.count && slots.allSatisfy { $0 & 0xffff_ffff <= count }
  }
}
