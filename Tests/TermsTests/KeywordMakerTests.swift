import Reports
import Terms
import TestSupport
import Testing

@Suite struct KeywordMakerTests {
  private func key(_ keyword: String, _ language: String = "english") throws -> String {
    var maker = try KeywordMaker(TermsSettings(language: language))
    var draft = emptyDraft()
    let outcome = maker.append(Array(keyword.utf8).span, to: &draft)
    #expect(outcome == .kept)
    let key = draft.taken().keys.first ?? ""
    #expect(maker.key(of: keyword) == Array(key.utf8))
    return key
  }

  @Test func givesInflectionsOneKey() throws {
    #expect(try key("Street Light  Outages") == key("street light outage"))
    #expect(try key("unshoveled sidewalks") == key("UNSHOVELED SIDEWALK"))
    #expect(try key("street-lights/potholes") == key("street-light/pothole"))
    #expect(try key("flooding") == key("floods"))
    #expect(try key("snow") != key("ice"))
    // By the published English stemmer.
    #expect(try key("outages") == "outag")
    #expect(try key("resident's cars") == "resid car")
  }

  @Test func stemsByLanguage() throws {
    #expect(try key("outages", "none") == "outages")
    #expect(try key("Straßen", "german") == "strass")
    #expect(try key("inondations", "french") == key("inondation", "french"))
    #expect(try key("пожары", "russian") == key("пожар", "russian"))
    #expect(try key("outages", "russian") == "outages")
    #expect(try key("cafés", "english") == "café")
  }

  @Test func leavesOtherScriptsAlone() throws {
    for word in ["пожары", "火災", "ไฟไหม้", "διακοπές", "حرائق", "🔥🔥"] {
      var maker = try KeywordMaker(TermsSettings())
      var draft = emptyDraft()
      let outcome = maker.append(Array(word.utf8).span, to: &draft)
      #expect(outcome == .kept)
      let batch = draft.taken()
      #expect(batch.keywordKeys == batch.keywords, "the very same slice: \(word)")
    }
  }

  @Test func keepsTheFirstFormOfAKey() throws {
    var maker = try KeywordMaker(TermsSettings())
    var draft = emptyDraft()
    draft.append(Array("x".utf8).span)
    for (word, expected) in [
      ("Outages", KeywordMaker.Outcome.kept), ("outage", .repeated), ("OUTAGES", .repeated), (" ", .blank), ("snow", .kept),
      ("a\u{0}b", .invalid), ("snows", .repeated), ("outages", .repeated),
    ] {
      let before = [draft.byteCount, draft.keywordCount]
      let outcome = maker.append(Array(word.utf8).span, to: &draft)
      #expect(outcome == expected, "\(word)")
      if expected != .kept { #expect([draft.byteCount, draft.keywordCount] == before, "\(word)") }
    }
    #expect(draft.rowKeywordCount == 2)
    draft.beginRow()
    let outcome = maker.append(Array("outage".utf8).span, to: &draft)
    #expect(outcome == .kept, "another row")
    let batch = draft.taken()
    #expect(batch.forms == ["outages", "snow", "outage"])
    #expect(batch.keys == ["outag", "snow", "outag"])
  }

  @Test func limitsTheForm() throws {
    var maker = try KeywordMaker(TermsSettings())
    let cases: [(String, KeywordMaker.Outcome)] = [
      (String(repeating: "x", count: 64), .kept), (String(repeating: "x", count: 65), .tooLong),
      ("\u{fdfa}\u{fdfa}", .tooLong), (String(repeating: "é", count: 33), .tooLong),
      (String(repeating: "é", count: 2_000), .tooLong), (String(repeating: " ", count: 2_000) + "É", .kept),
    ]
    for round in 0..<2 {
      var draft = emptyDraft()
      for (text, expected) in cases {
        let outcome = maker.append(Array(text.utf8).span, to: &draft)
        #expect(outcome == expected, "round \(round)")
      }
      #expect(draft.taken().forms == [String(repeating: "x", count: 64), "é"])
    }
  }

  /// What is remembered changes no answer: one maker over many keywords says what a new one says of each.
  @Test(arguments: 0..<4 as Range<UInt64>) func remembersRightly(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = ["snow", "outages", "É", " ", "  ", "Ⅳ", "火", "'s", "running", "Lights", "-", "\t", "\u{ad}", "7", "x"]
    var maker = try KeywordMaker(TermsSettings())
    let pool = (0..<300).map { _ in
      (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    var new = try KeywordMaker(TermsSettings())
    for turn in 0..<6_000 {
      // Some keywords come again and again, and others, more than there are places, once.
      let isKnown = Bool.random(using: &random)
      let number = Int.random(in: 0..<9_999, using: &random)
      let keyword = isKnown ? pool.randomElement(using: &random) ?? "" : "word\(number)s"
      if turn % 64 == 0 { new = try KeywordMaker(TermsSettings()) }
      var draft = emptyDraft()
      var expectedDraft = emptyDraft()
      let outcome = maker.append(Array(keyword.utf8).span, to: &draft)
      let expectedOutcome = new.append(Array(keyword.utf8).span, to: &expectedDraft)
      let (batch, expected) = (draft.taken(), expectedDraft.taken())
      #expect(outcome == expectedOutcome && batch == expected, "seed \(seed): \(keyword)")
    }
  }

  @Test func survivesRubbish() throws {
    var maker = try KeywordMaker(TermsSettings())
    for seed in 0..<2_000 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      var draft = emptyDraft()
      let outcome = maker.append(bytes.span, to: &draft)
      let batch = draft.taken()
      if outcome == .kept {
        #expect(String(validating: bytes, as: UTF8.self) != nil)
        #expect(batch.keywords[0].length <= UInt32(Limits.keywordByteCount))
      } else {
        #expect(batch == emptyBatch())
      }
    }
  }

  @Test func namesUnknownLanguages() throws {
    for name in ["klingon", "", "English", "en", "english\u{0}"] {
      #expect(throws: TermsError.unknownLanguage(name)) { _ = try KeywordMaker(TermsSettings(language: name)) }
    }
    #expect("\(TermsError.unknownLanguage("klingon"))".contains("english"))
    #expect(TermsSettings.languages.contains("none"))
    for language in TermsSettings.languages { #expect(try !key("snow", language).isEmpty) }
    #expect(TextLibrary.version.contains("."))
  }
}
