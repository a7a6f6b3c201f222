import Spelling
import Testing

@Suite struct SpellingTests {
  private func check(_ text: String, _ words: [String], _ expected: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Spelling.nearest(to: text, in: words) == expected, sourceLocation: sourceLocation)
  }

  @Test func findsWhatWasMeant() {
    check("lsit", ["show", "list"], "list")
    check("lis", ["show", "list"], "list")
    check("lisst", ["show", "list"], "list")
    check("LIST", ["show", "list"], "list")
    check("formta", ["format", "from"], "format")
  }

  @Test func prefersTheNearerAndThenTheFirst() {
    check("cat", ["cart", "bat", "cat"], "cat")
    check("cut", ["cat", "cot"], "cat")
  }

  @Test func givesNothingWhereNothingIsNear() {
    check("list", ["show", "replay"], nil)
    check("abcdef", ["abcxyz"], nil)
    check("x", ["y", "xy"], nil)
    check("ab", ["xy"], nil)
    check("", ["a", "list"], nil)
    check("list", [], nil)
    check(String(repeating: "a", count: 100_000), ["a"], nil)
  }

  /// The definition, by recursion: an independent twin of the table.
  private func distance(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
    guard let lastA = a.last, let lastB = b.last else { return max(a.count, b.count) }
    var best = min(distance(a.dropLast(), b) + 1, distance(a, b.dropLast()) + 1)
    best = min(best, distance(a.dropLast(), b.dropLast()) + (lastA == lastB ? 0 : 1))
    if a.count > 1, b.count > 1, lastA == b.dropLast().last, lastB == a.dropLast().last {
      best = min(best, distance(a.dropLast(2), b.dropLast(2)) + 1)
    }
    return best
  }

  @Test(arguments: 0..<16 as Range<UInt64>) func agreesWithItsDefinition(seed: UInt64) {
    var state = seed
    func word() -> [UInt8] {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let count = Int(state >> 60) % 3 + 4
      return (0..<count).map { 97 + UInt8((state >> UInt64(20 + $0 * 3)) % 3) }
    }
    for _ in 0..<8 {
      let (a, b) = (word(), word())
      let expected = distance(a[...], b[...]) <= 2
      let (first, second) = (String(decoding: a, as: UTF8.self), String(decoding: b, as: UTF8.self))
      #expect((Spelling.nearest(to: first, in: [second]) != nil) == expected, "\(first) \(second), seed \(seed)")
    }
  }
}
