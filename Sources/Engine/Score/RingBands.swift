/// Where the counts of each duration stand in a ring, all durations ending with one bin: worked out once for all rings.
///
/// A duration's band are the bins by which it is longer than the one before; the last band are those that are older than all.
struct RingBands {
  /// Some of the eight bytes of a word.
  private struct Piece {
    var word: Int
    var mask: UInt64
  }

  private(set) var durationCount = 0
  private var pieces: [Piece] = []
  private var newest: Piece?
  private var places: [Int] = []
  /// By band: where its pieces and places end.
  private var pieceEnds: [Int] = []
  private var placeEnds: [Int] = []

  /// Works them out in the room of those before.
  ///
  /// - Parameters:
  ///   - durations: Ascending, in bins.
  ///   - ages: Of the bins that a ring holds; the newest bin's is 0.
  ///   - place: Where a bin of an age stands.
  mutating func set(durations: [Int], ages: Range<Int>, place: (Int) -> Int) {
    pieces.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    pieceEnds.removeAll(keepingCapacity: true)
    placeEnds.removeAll(keepingCapacity: true)
    newest = nil
    durationCount = durations.count
    var age = ages.lowerBound
    for index in 0...durations.count {
      let duration = index < durations.count ? durations[index] : .max
      while age < min(duration, ages.upperBound) {
        append(place(age))
        age += 1
      }
      pieceEnds.append(pieces.count)
      placeEnds.append(places.count)
    }
    if ages.contains(0) { newest = Piece(word: place(0) / 8, mask: 0xff << UInt64(place(0) % 8 * 8)) }
  }

  private mutating func append(_ place: Int) {
    places.append(place)
    let mask: UInt64 = 0xff << UInt64(place % 8 * 8)
    if pieces.count > (pieceEnds.last ?? 0), pieces[pieces.count - 1].word == place / 8 {
      pieces[pieces.count - 1].mask |= mask
    } else {
      pieces.append(Piece(word: place / 8, mask: mask))
    }
  }

  /// Adds up a ring of bytes, from a word on.
  ///
  /// - Returns: Whether it has a count in a bin before the newest.
  @inline(__always)
  func addUp(_ words: borrowing MappedArray<UInt64>, from origin: Int, into sums: inout [Double], at start: Int) -> Bool {
    var (position, sum) = (0, UInt64(0))
    for index in 0..<durationCount {
      while position < pieceEnds[index] {
        sum += Self.byteSum(words[origin + pieces[position].word] & pieces[position].mask)
        position += 1
      }
      sums[start + index] = Double(sum)
    }
    if sum > (newest.map { Self.byteSum(words[origin + $0.word] & $0.mask) } ?? 0) { return true }
    while position < pieces.count {
      if words[origin + pieces[position].word] & pieces[position].mask != 0 { return true }
      position += 1
    }
    return false
  }

  @inline(__always)
  private static func byteSum(_ bytes: UInt64) -> UInt64 {
    let pairs = (bytes & 0x00ff_00ff_00ff_00ff) + (bytes >> 8 & 0x00ff_00ff_00ff_00ff)
    return (pairs &* 0x0001_0001_0001_0001) >> 48
  }

  /// Adds up a ring of whole counts.
  func addUp(counts: [UInt32], from origin: Int, into sums: inout [Double], at start: Int) -> Bool {
    var (position, sum) = (0, UInt64(0))
    for index in 0..<durationCount {
      while position < placeEnds[index] {
        sum += UInt64(counts[origin + places[position]])
        position += 1
      }
      sums[start + index] = Double(sum)
    }
    let own = newest.map { counts[origin + $0.word * 8 + $0.mask.trailingZeroBitCount / 8] } ?? 0
    if sum > UInt64(own) { return true }
    return places[position...].contains { counts[origin + $0] > 0 }
  }
}
