import Terms
import TestSupport
import Testing

@Suite struct KeywordNormalizerTests {
  private func normalize(_ bytes: [UInt8]) -> (KeywordNormalizer.Outcome, String) {
    var arena = Array("before".utf8)
    let outcome = KeywordNormalizer.normalize(bytes.span, into: &arena)
    // Not `#expect`, nor below: of every scalar that there is, it would take far longer than what it looks at.
    if !arena.starts(with: "before".utf8) { Issue.record("what stood before is overwritten by \(bytes)") }
    return (outcome, String(decoding: arena.dropFirst(6), as: UTF8.self))
  }

  func check(_ text: String, _ expected: String, _ location: SourceLocation = #_sourceLocation) {
    let (outcome, result) = normalize(Array(text.utf8))
    #expect(outcome == .kept, sourceLocation: location)
    #expect(result.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(result)", sourceLocation: location)
  }

  func check(_ bytes: [UInt8], _ expected: KeywordNormalizer.Outcome, _ location: SourceLocation = #_sourceLocation) {
    let (outcome, result) = normalize(bytes)
    #expect(outcome == expected, sourceLocation: location)
    #expect(result.isEmpty, sourceLocation: location)
  }

  @Test func trimsAndJoinsWhiteSpace() {
    check("snow", "snow")
    check("  unshoveled   sidewalk ", "unshoveled sidewalk")
    check("\t\n snow \r\n", "snow")
    check("\u{3000}snow\u{a0}\u{2003}storm\u{2028}", "snow storm")
    check("é\u{a0} x", "é x")
    check("\u{85}é\u{85}", "é")
  }

  @Test func foldsCase() {
    check("SNOW Storm", "snow storm")
    check("ÉCLAIR", "éclair")
    check("Straße STRASSE STRAẞE", "strasse strasse strasse")
    check("ΣΊΣΥΦΟΣ ςσΣ", "σίσυφοσ σσσ")
    check("ſnow", "snow")
    check("ПОЖАР", "пожар")
    check("İı", "i\u{307}ı")
    check("Ǆǅǆ ﬁre \u{212a}", "dždždž fire k")
    check("ᏣᎳᎩ ꮳꮃꭹ", "ᏣᎳᎩ ᏣᎳᎩ")
    check("雪 大火", "雪 大火")
  }

  @Test func joinsEquivalentSpellings() {
    check("e\u{301}clair", "éclair")
    check("ＳＮＯＷ　ｓｔｏｒｍ", "snow storm")
    check("ｶﾞｽ", "ガス")
    check("x² ½ № ㎞", "x2 1\u{2044}2 no km")
    check("sn\u{ad}ow\u{200b} \u{feff} storm", "snow storm")
    check("\u{a8}x", "\u{308}x")
    check("\u{fdfa}", "صلى الله عليه وسلم")
    check("❄\u{fe0f} 👩\u{200d}🚒", "❄ 👩🚒")
  }

  @Test func takesEitherPathOfASCII() {
    for seed in 0..<2_000 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        switch Int.random(in: 0..<40, using: &random) {
        case 0: UInt8.random(in: 0...0x7f, using: &random)
        case 1...8: UInt8(0x20)
        default: UInt8.random(in: 0x20...0x7e, using: &random)
        }
      }
      var fast = Array("before".utf8)
      var slow = fast
      let outcome = KeywordNormalizer.normalize(bytes.span, into: &fast)
      #expect(outcome == KeywordNormalizer.normalizeScalars(bytes.span, into: &slow), "seed \(seed)")
      #expect(fast == slow, "seed \(seed)")
    }
  }

  @Test func limitsWhatICUIsGiven() {
    check(Array(String(repeating: "é", count: 513).utf8), .tooLong)
    check(Array(String(repeating: "\u{fdfa}", count: 40).utf8), .tooLong)
    check(Array(String(repeating: "\u{ad}", count: 512).utf8), .blank)
    check(String(repeating: "\u{3000}", count: 20_000) + "é", "é")
  }

  @Test func reportsBlanks() {
    check([], .blank)
    check(Array("  \t\n".utf8), .blank)
    check(Array("\u{3000}\u{85} ".utf8), .blank)
    check(Array("\u{200d} \u{fe0f}".utf8), .blank)
  }

  @Test func reportsWhatIsNoText() {
    check(Array("a\tb".utf8), .invalid)
    check(Array("a\u{0}".utf8), .invalid)
    check(Array("a\u{7f}".utf8), .invalid)
    check(Array("é\u{9b}31m".utf8), .invalid)
    check(Array("é\nx".utf8), .invalid)
    check([0x61, 0xff], .invalid)
    check([0xed, 0xa0, 0x80], .invalid)
  }

  @Test func changesNothingTheSecondTime() {
    for value in 0..<0x11_0000 as Range<UInt32> {
      guard let scalar = Unicode.Scalar(value), ![.unassigned, .privateUse].contains(scalar.properties.generalCategory) else {
        continue
      }
      let (outcome, once) = normalize(Array(scalar.utf8))
      guard outcome == .kept else { continue }
      if !normalize(Array(once.utf8)).1.utf8.elementsEqual(once.utf8) { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  /// A scalar, its upper and its lower case are one keyword, up to canonical equivalence; ı is the exception, for its upper case is that of i.
  @Test func takesEveryCaseForTheSame() {
    for value in 0..<0x11_0000 as Range<UInt32> {
      guard let scalar = Unicode.Scalar(value), scalar != "ı" else { continue }
      let properties = scalar.properties
      // Scalars that this ICU does not know yet fold to themselves.
      let cases = properties.uppercaseMapping.unicodeScalars + properties.lowercaseMapping.unicodeScalars
      guard properties.changesWhenCaseMapped, cases.allSatisfy({ ($0.properties.age?.major ?? .max) <= 14 }) else { continue }
      let folded = normalize(Array(scalar.utf8)).1
      for other in [properties.uppercaseMapping, properties.lowercaseMapping] where normalize(Array(other.utf8)).1 != folded {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
  }
}
