import Reports

/// Names as dense numbers: each distinct run of bytes gets the next one, for ever.
struct Interner {
  private let key: SipHash.Key
  let capacity: Int
  private var bytes: [UInt8] = []
  private var starts: [UInt32] = [0]
  private var hashes: [UInt32] = []
  /// Open addressing, linear probing, at most half full; a slot holds a number plus one.
  private var slots: [UInt32] = Array(repeating: 0, count: 256)

  init(key: SipHash.Key, capacity: Int) {
    self.key = key
    self.capacity = capacity
  }

  var count: Int { hashes.count }

  /// The bytes of a number that was given out.
  func name(_ number: UInt32) -> ArraySlice<UInt8> { bytes[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])] }

  /// The number of a name that is held; nil where it is not.
  func find(_ name: Span<UInt8>) -> UInt32? {
    var hasher = SipHash(key: key)
    hasher.combine(name)
    let hash = UInt32(truncatingIfNeeded: hasher.finish())
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if hashes[Int(number)] == hash, holds(number, name) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The number of a name, new if need be; nil once `capacity` names are held and this is another.
  ///
  /// - Complexity: O(length) expected; the hash is keyed, so nobody can aim for collisions.
  mutating func intern(_ name: Span<UInt8>) -> UInt32? {
    var hasher = SipHash(key: key)
    hasher.combine(name)
    let hash = UInt32(truncatingIfNeeded: hasher.finish())
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if hashes[Int(number)] == hash, holds(number, name) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard count < capacity, bytes.count + name.count <= Int(UInt32.max) else { return nil }
    for index in name.indices { bytes.append(name[index]) }
    starts.append(UInt32(bytes.count))
    hashes.append(hash)
    slots[slot] = UInt32(count)
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
    var hasher = SipHash(key: key)
    hasher.combine(name.span)
    hashes[Int(number)] = UInt32(truncatingIfNeeded: hasher.finish())
    fill(slotCount: slots.count)
  }

  private func holds(_ number: UInt32, _ name: Span<UInt8>) -> Bool {
    let start = Int(starts[Int(number)])
    guard Int(starts[Int(number) + 1]) - start == name.count else { return false }
    for index in name.indices where bytes[start + index] != name[index] { return false }
    return true
  }

  private mutating func grow() { fill(slotCount: slots.count * 2) }

  private mutating func fill(slotCount: Int) {
    slots = Array(repeating: 0, count: slotCount)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    try coder.code(&bytes)
    try coder.code(&starts)
    try coder.code(&hashes)
    try coder.code(&slots)
    // Names are asked for while the rest is read.
    if Coder.isReading, !isSound { throw .malformed("its names are not \(hashes.count) runs of \(bytes.count) bytes") }
  }

  private var isSound: Bool {
    starts.count == hashes.count + 1 && starts[0] == 0 && starts[starts.count - 1] == bytes.count
      && zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 } && slots.count & (slots.count - 1) == 0
      && hashes.count * 2 <= slots.count && slots.allSatisfy { $0 <= hashes.count }
  }
}
