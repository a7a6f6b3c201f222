import Reports
import TestSupport
import Testing

@Suite struct SipHashTests {
  private let key = SipHash.Key(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)

  private func hash(_ bytes: [UInt8]) -> UInt64 {
    var hash = SipHash(key: key, compressionRounds: 2, finalizationRounds: 4)
    hash.combine(bytes.span)
    return hash.finish()
  }

  /// The vectors that the authors publish for SipHash-2-4: bytes 0, 1, 2 … under the key 00 … 0f.
  @Test func givesThePublishedVectors() {
    #expect(hash([]) == 0x726f_db47_dd0e_0e31)
    #expect(hash([0]) == 0x74f8_39c5_93dc_67fd)
    #expect(hash((0..<8).map { $0 }) == 0x93f5_f579_9a93_2462)
    #expect(hash((0..<15).map { $0 }) == 0xa129_ca61_49be_45e5)
    #expect(hash((0..<63).map { $0 }) == 0x958a_324c_eb06_4572)
  }

  /// The same by the paper, byte by byte and word by word.
  private func slowHash(_ bytes: [UInt8], _ rounds: (Int, Int), wide: Bool) -> (UInt64, UInt64) {
    var v: [UInt64] = [
      0x736f_6d65_7073_6575 ^ key.first, 0x646f_7261_6e64_6f6d ^ key.second ^ (wide ? 0xee : 0),
      0x6c79_6765_6e65_7261 ^ key.first, 0x7465_6462_7974_6573 ^ key.second,
    ]
    func turn(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    func round() {
      v[0] &+= v[1]
      v[1] = turn(v[1], 13) ^ v[0]
      v[0] = turn(v[0], 32)
      v[2] &+= v[3]
      v[3] = turn(v[3], 16) ^ v[2]
      v[0] &+= v[3]
      v[3] = turn(v[3], 21) ^ v[0]
      v[2] &+= v[1]
      v[1] = turn(v[1], 17) ^ v[2]
      v[2] = turn(v[2], 32)
    }
    var padded = bytes
    while padded.count % 8 != 7 { padded.append(0) }
    padded.append(UInt8(truncatingIfNeeded: bytes.count))
    for start in stride(from: 0, to: padded.count, by: 8) {
      let word = padded[start..<start + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      v[3] ^= word
      for _ in 0..<rounds.0 { round() }
      v[0] ^= word
    }
    v[2] ^= wide ? 0xee : 0xff
    for _ in 0..<rounds.1 { round() }
    let first = v[0] ^ v[1] ^ v[2] ^ v[3]
    guard wide else { return (first, 0) }
    v[1] ^= 0xdd
    for _ in 0..<rounds.1 { round() }
    return (first, v[0] ^ v[1] ^ v[2] ^ v[3])
  }

  /// Whatever pieces of whatever lengths it is given, bytes and integers, in whatever places of an array.
  @Test(arguments: [(1, 3), (2, 4)]) func isThePapersHash(_ rounds: (Int, Int)) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<4_000 {
      let wide = Bool.random(using: &generator)
      var hash = SipHash(key: key, compressionRounds: rounds.0, finalizationRounds: rounds.1, wide: wide)
      var all: [UInt8] = []
      for _ in 0..<Int.random(in: 0...5, using: &generator) {
        if Bool.random(using: &generator) {
          let word = UInt64.random(in: 0...UInt64.max, using: &generator)
          hash.combine(word)
          for shift in 0..<8 as Range<UInt64> { all.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        } else {
          let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
          let start = Int.random(in: 0...bytes.count, using: &generator)
          hash.combine(bytes.span.extracting(start..<bytes.count))
          all += bytes[start...]
        }
      }
      #expect(hash.finish128() == slowHash(all, rounds, wide: wide), "seed \(seed): \(all.count) bytes")
    }
  }

  @Test func doesNotDependOnHowTheBytesAreCut() {
    let bytes = (0..<40).map { UInt8($0) }
    for cut in 0...40 {
      var parts = SipHash(key: key, compressionRounds: 2, finalizationRounds: 4)
      parts.combine(bytes.span.extracting(0..<cut))
      parts.combine(bytes.span.extracting(cut..<40))
      #expect(parts.finish() == hash(bytes))
    }
  }
}
