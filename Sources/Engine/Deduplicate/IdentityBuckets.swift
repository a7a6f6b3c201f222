import CPlatform

/// The places of `IdentityTable`: four to a cache line, 16 bytes each, found by open addressing line by line.
///
/// A place holds 84 bits of an identity's hash and 36 of its digest. Lines stand in blocks of 256. An identity's block is the product of the
/// low half of its hash and the number of blocks, the upper 64 bits of it: any number of blocks will do, and their order is that of the
/// hashes. So the table grows by a quarter where it stands, block by block from the last one on, and never stands in memory twice.
/// Within its block an identity goes from line to line by a step of its own.
///
/// Places in a line fill from its first to its last, and are never emptied but by a sweep: a line whose last place is free ends the
/// search. Between .675 of the places taken, after it has grown, and .85, before, an identity that is held is found in the 1.1st to 1.3rd
/// line on average, and that one is not held is known after 1.6 to 3.
///
/// Two of n identities that are held together share 84 bits with probability n²/2⁸⁵: 2.6·10⁻¹⁰ for 10⁸ of them. Then the second is
/// refused as a conflict, and kept in the quarantine; that it is taken for the first one sent again needs 36 bits of the digest as well,
/// 4·10⁻²¹. A conflict is taken for the same with probability 2⁻³⁶.
struct IdentityBuckets: ~Copyable, Sendable {
  /// An identity as a place holds it.
  struct Key {
    let low: UInt64
    /// 20 bits of the hash's high half and 36 of the digest; the low byte is free.
    let rest: UInt64

    init(high: UInt64, low: UInt64, digest: UInt64) {
      self.low = low
      rest = high & ~(1 << 44 - 1) | (digest >> 28) << 8
    }
  }

  /// The marks that live: a run of them, of 1…255, that may wrap around. A free place has mark 0.
  struct Marks {
    static let count = 255
    let first: Int
    let count: Int

    /// The youngest of them.
    var last: Int { (first &+ count &- 2) % Marks.count &+ 1 }

    /// How many marks after the first one it is; from `count` on it does not live.
    @inline(__always)
    func age(_ word: UInt64) -> Int {
      let age = Int(truncatingIfNeeded: word & 255) &- first
      return age < 0 ? age &+ Marks.count : age
    }

    @inline(__always)
    func contains(_ word: UInt64) -> Bool { age(word) < count && word & 255 != 0 }
  }

  /// The lines that a hash is looked for in, as offsets.
  private struct Path {
    private let low: UInt64
    private var start: Int
    private(set) var line: Int

    @inline(__always)
    init(_ low: UInt64, _ lines: borrowing MappedArray<CacheLine>) {
      self.low = low
      start = Path.start(low, lines)
      line = start
    }

    /// The line where the path begins.
    @inline(__always)
    static func start(_ low: UInt64, _ lines: borrowing MappedArray<CacheLine>) -> Int {
      IdentityBuckets.block(low, lines.count) &* blockByteCount &+ Int(truncatingIfNeeded: low & 255) &* stride
    }

    /// The next line of the same block.
    @inline(__always)
    static func next(_ low: UInt64, _ line: Int) -> Int {
      let step = Int(truncatingIfNeeded: low >> 8 & 255 | 1) &* stride
      return line & ~(blockByteCount &- 1) | (line &+ step) & (blockByteCount &- 1)
    }

    /// Goes on to the next line; after all of the block to the block that follows.
    @inline(__always)
    mutating func advance(_ lines: borrowing MappedArray<CacheLine>) {
      line = Path.next(low, line)
      guard line == start else { return }
      start &+= blockByteCount
      if start >= lines.byteCount { start &-= lines.byteCount }
      line = start
    }
  }

  private static let width = 4
  private static let stride = CacheLine.byteCount
  /// Offset of the second words in a line.
  private static let wordOffset = 32
  private static let blockLineCount = 256
  /// How many lines after the first one of a path are brought near.
  private static let warmLineCount = 8
  private static let blockByteCount = blockLineCount * stride

  private var lines = MappedArray<CacheLine>(zeros: blockLineCount)
  /// The most lines that there will be.
  private let lineLimit: Int
  /// Places that are not free: of the living, and of those that have expired since the last sweep.
  private var usedCount = 0
  /// The place, as an offset, for the identity that was looked for last and is not held.
  private var vacancy: (low: UInt64, place: Int)?
  /// Hashes that `warm` follows, each with the offset of the line that it has come to.
  private var onTheirWay: [SIMD2<UInt64>] = []

  /// - Parameter capacity: The most identities that will be held at once.
  init(capacity: Int) { lineLimit = Self.lineCount(capacity) }

  /// Bytes of the lines.
  var byteCount: Int { lines.byteCount }

  /// Whether .85 of the places are in use: another must not be put in before a sweep.
  var isFull: Bool { (usedCount + 1) * 20 > lines.count * Self.width * 17 }

  /// The most bytes for so many identities.
  static func byteCountBound(entryCount: Int) -> Int { lineCount(entryCount) * stride }

  /// The lines of which at most .675 are taken by so many identities: whole blocks.
  private static func lineCount(_ entryCount: Int) -> Int { (entryCount * 10 / 27 / blockLineCount + 1) * blockLineCount }

  @inline(__always)
  private static func block(_ low: UInt64, _ lineCount: Int) -> Int {
    Int(truncatingIfNeeded: low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: lineCount / blockLineCount)).high)
  }

  /// Has the lines of identities brought near that will be asked for: all at once, so that the waits for memory overlap. First those where
  /// the paths begin, then the next ones of the paths that go on.
  mutating func warm(_ lows: Span<UInt64>) {
    while onTheirWay.count < lows.count { onTheirWay.append(SIMD2()) }
    Self.warm(lows, lines, waiting: &onTheirWay)
  }

  private static func warm(_ lows: Span<UInt64>, _ lines: borrowing MappedArray<CacheLine>, waiting: inout [SIMD2<UInt64>]) {
    var count = lows.count
    var waiting = waiting.mutableSpan
    for index in lows.indices {
      let line = Path.start(lows[index], lines)
      unsafe cplatform_prefetch(lines.first + line)
      waiting[index] = SIMD2(lows[index], UInt64(truncatingIfNeeded: line))
    }
    for _ in 0..<warmLineCount where count > 0 {
      var kept = 0
      for index in 0..<count {
        let low = waiting[index].x
        let line = Int(truncatingIfNeeded: waiting[index].y)
        // Whether a path goes on cannot be foretold: no branch for it.
        let goesOn = !isLast(line, lines) && found(low, line, lines) == 0
        let next = goesOn ? Path.next(low, line) : line
        unsafe cplatform_prefetch(lines.first + next)
        waiting[kept] = SIMD2(low, UInt64(truncatingIfNeeded: next))
        kept &+= goesOn ? 1 : 0
      }
      count = kept
    }
  }

  /// Whether a search ends at a line.
  @inline(__always)
  private static func isLast(_ line: Int, _ lines: borrowing MappedArray<CacheLine>) -> Bool {
    unsafe lines.first.load(fromByteOffset: line &+ stride &- 8, as: UInt64.self) == 0
  }

  /// The places of a line whose first words are a hash's low half, a bit each.
  @inline(__always)
  private static func found(_ low: UInt64, _ line: Int, _ lines: borrowing MappedArray<CacheLine>) -> Int {
    // No branch for each place: which of them it is cannot be foretold.
    Int(truncatingIfNeeded: unsafe cplatform_equal_of_four((lines.first + line).assumingMemoryBound(to: UInt64.self), low))
  }

  /// The places of a line that are free, a bit each.
  @inline(__always)
  private static func free(_ line: Int, _ lines: borrowing MappedArray<CacheLine>) -> Int {
    Int(
      truncatingIfNeeded: unsafe cplatform_equal_of_four(
        (lines.first + (line + wordOffset)).assumingMemoryBound(to: UInt64.self), 0))
  }

  /// The places of a line that nobody holds who lives, a bit each.
  @inline(__always)
  private static func open(_ line: Int, _ marks: Marks, _ lines: borrowing MappedArray<CacheLine>) -> Int {
    var open = 0
    for slot in 0..<width {
      let word = unsafe lines.first.load(fromByteOffset: line &+ wordOffset &+ slot &* 8, as: UInt64.self)
      open |= (marks.contains(word) ? 0 : 1) &<< slot
    }
    return open
  }

  /// The second word of an identity that is held and lives; nil where none is.
  ///
  /// - Parameter count: How many live.
  /// - Complexity: O(1) expected; the hash is keyed.
  mutating func find(_ key: Key, _ marks: Marks, count: Int) -> UInt64? {
    guard let place = place(of: key, marks, hasExpired: usedCount != count) else { return nil }
    return unsafe lines.first.load(fromByteOffset: place &+ Self.wordOffset, as: UInt64.self)
  }

  /// Gives an identity that is held and lives another mark.
  ///
  /// - Returns: Its second word before; nil where none is held.
  mutating func renew(_ key: Key, mark: Int, _ marks: Marks) -> UInt64? {
    guard let place = place(of: key, marks, hasExpired: true) else { return nil }
    let word = unsafe lines.first.load(fromByteOffset: place &+ Self.wordOffset, as: UInt64.self)
    unsafe lines.first.storeBytes(of: word & ~255 | UInt64(mark), toByteOffset: place &+ Self.wordOffset, as: UInt64.self)
    return word
  }

  /// The offset of an identity's place; where none is held, the first place on its path that nobody holds is noted.
  ///
  /// - Parameter hasExpired: Whether some places are held by those that have expired.
  @inline(__always)
  private mutating func place(of key: Key, _ marks: Marks, hasExpired: Bool) -> Int? {
    var path = Path(key.low, lines)
    var vacant = -1
    while true {
      var found = Self.found(key.low, path.line, lines)
      while found != 0 {
        let place = path.line &+ found.trailingZeroBitCount &* 8
        let word = unsafe lines.first.load(fromByteOffset: place &+ Self.wordOffset, as: UInt64.self)
        if (word ^ key.rest) >> 44 == 0, marks.contains(word) { return place }
        found &= found &- 1
      }
      let isLast = Self.isLast(path.line, lines)
      if hasExpired, vacant < 0 {
        let open = Self.open(path.line, marks, lines)
        if open != 0 { vacant = path.line &+ open.trailingZeroBitCount &* 8 }
      }
      if isLast {
        if !hasExpired { vacant = path.line &+ Self.free(path.line, lines).trailingZeroBitCount &* 8 }
        vacancy = (key.low, vacant)
        return nil
      }
      path.advance(lines)
    }
  }

  /// Puts in an identity that is not held, where there is room.
  mutating func insert(_ key: Key, mark: Int, _ marks: Marks) {
    if let known = vacancy, known.low == key.low {
      write(key.low, key.rest | UInt64(mark), at: known.place)
    } else {
      var path = Path(key.low, lines)
      var open = Self.open(path.line, marks, lines)
      while open == 0 {
        path.advance(lines)
        open = Self.open(path.line, marks, lines)
      }
      write(key.low, key.rest | UInt64(mark), at: path.line &+ open.trailingZeroBitCount &* 8)
    }
    vacancy = nil
  }

  @inline(__always)
  private mutating func write(_ low: UInt64, _ word: UInt64, at place: Int) {
    if unsafe lines.first.load(fromByteOffset: place &+ Self.wordOffset, as: UInt64.self) == 0 { usedCount &+= 1 }
    unsafe lines.first.storeBytes(of: low, toByteOffset: place, as: UInt64.self)
    unsafe lines.first.storeBytes(of: word, toByteOffset: place &+ Self.wordOffset, as: UInt64.self)
  }

  /// Frees the places of those that have expired, and takes more lines where the living need them.
  ///
  /// - Parameter count: How many live.
  /// - Complexity: O(places).
  mutating func sweep(count: Int, _ marks: Marks) {
    vacancy = nil
    let before = lines.count
    lines.appendZeros(min(max(before, Self.lineCount(count)), lineLimit) - before)
    let block = MappedArray<CacheLine>(zeros: Self.blockLineCount)
    // Who was pushed on from a full block goes last: where it belongs has not had its turn.
    var strays: [SIMD2<UInt64>] = []
    // From the last block on, since each goes to where it is or further on.
    for number in (0..<before / Self.blockLineCount).reversed() {
      let bytes = number * Self.blockByteCount
      unsafe block.first.copyMemory(from: lines.first + bytes, byteCount: Self.blockByteCount)
      unsafe (lines.first + bytes).initializeMemory(as: UInt8.self, repeating: 0, count: Self.blockByteCount)
      Self.move(block, number: number, marks, to: lines, &strays)
    }
    for words in strays { Self.put(words.x, words.y, into: lines) }
    usedCount = count
  }

  /// Puts what lives in a block where it belongs.
  private static func move(
    _ block: borrowing MappedArray<CacheLine>, number: Int, _ marks: Marks, to lines: borrowing MappedArray<CacheLine>,
    _ strays: inout [SIMD2<UInt64>]
  ) {
    var line = 0
    while line < blockByteCount {
      for slot in 0..<width {
        let word = unsafe block.first.load(fromByteOffset: line &+ wordOffset &+ slot &* 8, as: UInt64.self)
        guard marks.contains(word) else { continue }
        let low = unsafe block.first.load(fromByteOffset: line &+ slot &* 8, as: UInt64.self)
        if Self.block(low, lines.count) >= number { put(low, word, into: lines) } else { strays.append(SIMD2(low, word)) }
      }
      line &+= stride
    }
  }

  /// Puts two words into the first free place of their path.
  @inline(__always)
  private static func put(_ low: UInt64, _ word: UInt64, into lines: borrowing MappedArray<CacheLine>) {
    var path = Path(low, lines)
    while !isLast(path.line, lines) { path.advance(lines) }
    let place = path.line &+ free(path.line, lines).trailingZeroBitCount &* 8
    unsafe lines.first.storeBytes(of: low, toByteOffset: place, as: UInt64.self)
    unsafe lines.first.storeBytes(of: word, toByteOffset: place &+ wordOffset, as: UInt64.self)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code<Coder: StateCoder>(_ coder: inout Coder) throws(StateError) {
    try coder.code(&lines)
    try coder.code(&usedCount)
    guard Coder.isReading else { return }
    vacancy = nil
    let isSound =
      lines.count > 0 && lines.count <= lineLimit && lines.count % Self.blockLineCount == 0 && usedCount >= 0
      && usedCount * 20 <= lines.count * Self.width * 17
    if !isSound { throw .malformed("\(usedCount) identities do not stand in \(lines.count) lines") }
  }
}
