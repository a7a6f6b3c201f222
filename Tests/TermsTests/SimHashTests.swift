import Reports
import Terms
import TestSupport
import Testing

@Suite struct SimHashTests {
  /// The definition: a sum a bit, over all features.
  private func naive(_ words: [UInt64]) -> UInt64 {
    var sums = [Int](repeating: 0, count: 64)
    var features = words
    for (first, second) in zip(words, words.dropFirst()) {
      let product = ((first << 23 | first >> 41) ^ second) &* 0xd6e8_feb8_6659_fd93
      features.append(product ^ product >> 32)
    }
    for feature in features {
      for bit in 0..<64 { sums[bit] += feature >> UInt64(bit) & 1 == 1 ? 1 : -1 }
    }
    return max(1, sums.indices.reduce(0) { $0 | (sums[$1] > 0 ? 1 << UInt64($1) : 0) })
  }

  @Test(arguments: 0..<64 as Range<UInt64>) func isTheSignOfTheSums(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let count = seed < 40 ? Int(seed) : Int.random(in: 40...9_000, using: &random)
    // Few different words, so that sums grow.
    let pool = (0..<Int.random(in: 1...60, using: &random)).map { _ in random.next() }
    let words = (0..<count).map { _ in pool.randomElement(using: &random) ?? 0 }
    var hash = SimHash()
    for word in words { hash.add(word: word) }
    #expect(hash.finish() == naive(words), "seed \(seed)")
  }

  @Test func isOfFoldedWords() throws {
    let hash = try simHash("Sidewalk not cleared at the bus stop")
    let words = "sidewalk not cleared at the bus stop".split(separator: " ").map { WordHash.hash(Array($0.utf8).span) }
    #expect(hash == naive(words))
    #expect(try simHash("SIDEWALK -- not  cleared,at the bus stop!") == hash)
    #expect(try simHash("Sidewalk not cleared at the bus stop \u{1f525}") == hash, "by way of ICU")
    #expect(try simHash("Sidewalk not cleared at 12 bus stops") == simHash("Sidewalk not cleared at 7 bus stops"))
    #expect(try simHash("") == 0)
    #expect(try simHash(" ") != 0)
    #expect(try simHash("🔥") != simHash("❄"))
    #expect(SimHash.distance(0, .max) == 64)
    #expect(SimHash.distance(5, 5) == 0)
  }

  /// What is stored is made of these, so they never change; the numbers are another program's.
  @Test(arguments: [
    ("", 0xf04d_391f_1f43_2e5b as UInt64),
    ("a", 0xf65a_870d_750d_d28a as UInt64),
    ("snow", 0x6500_40c1_5704_5216 as UInt64),
    ("sidewalk", 0x7e22_28d8_9615_ba26 as UInt64),
    ("unshoveled", 0x9249_c895_74e2_40a7 as UInt64),
    ("火災", 0xf996_1ff2_0f20_e262 as UInt64),
    ("constantinople's x", 0x1af2_c402_cc8b_2d63 as UInt64),
  ])
  func hashesWordsAsEver(word: String, expected: UInt64) { #expect(WordHash.hash(Array(word.utf8).span) == expected) }

  /// Medians over random texts: one word of 12, of 24 and of 48 changed, and texts with nothing in common.
  @Test func bringsSimilarTextsNear() throws {
    var random = SeededGenerator(seed: 1)
    func word(_ letter: Character) -> String { "\(letter)\(Int.random(in: 0..<100_000, using: &random))" }
    func median(_ count: Int, changed: Int) throws -> Int {
      let distances = try (0..<101).map { _ in
        var words = (0..<count).map { _ in word("w") }
        let before = try simHash(words.joined(separator: " "))
        for _ in 0..<changed { words[Int.random(in: 0..<count, using: &random)] = word("x") }
        return SimHash.distance(before, try simHash(words.joined(separator: " ")))
      }
      return distances.sorted()[50]
    }
    // Expected by arccos(ρ) / π · 64: 10.5, 7.4, 5.2 and 32.
    #expect(try (8...13).contains(median(12, changed: 1)))
    #expect(try (5...10).contains(median(24, changed: 1)))
    #expect(try (3...7).contains(median(48, changed: 1)))
    #expect(try (28...36).contains(median(12, changed: 500)))
  }
}
