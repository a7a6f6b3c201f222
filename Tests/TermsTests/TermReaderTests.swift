import CText
import Foundation
import Reports
import Terms
import TestSupport
import Testing

@Suite struct TermReaderTests {
  func check(_ text: String, _ expected: [String], _ location: SourceLocation = #_sourceLocation) throws {
    #expect(try terms(text) == expected, "\(text)", sourceLocation: location)
  }

  @Test func findsWords() throws {
    try check("", [])
    try check("Deep snow, deep SNOW!", ["deep", "snow"])
    try check("The sidewalk isn't cleared.Please fix", ["the", "sidewalk", "isn't", "cleared", "please", "fix"])
    try check("'quoted' o'clock 5'6 rock'", ["quoted", "o'clock", "rock"])
    try check("12 Main St #4b, a 2015-02-10 x_y 3.5m", ["main", "st", "4b", "5m"])
    try check("Пожар! ПОЖАР у реки", ["пожар", "у", "реки"])
    try check("isn\u{2019}t ISN'T", ["isn't"])
    try check("ÉCOLE e\u{301}cole é", ["école"])
    try check("٤٢ ４２ 42 火", ["火"])
    try check("🔥🔥 !!! \u{0}\u{1}", [])
  }

  /// ICU's dictionaries: the words are those that a reader of the language would part.
  @Test func findsWordsWhereThereAreNoSpaces() throws {
    try check("停电了", ["停电", "了"])
    try check("東京で地震", ["東京", "で", "地震"])
    try check("ไฟฟ้าดับ", ["ไฟฟ้า", "ดับ"])
  }

  @Test func takesTermsDistinctByKey() throws {
    let batch = try read(Array("Outages and outage: power outages, powers".utf8)).batch
    #expect(batch.forms == ["outages", "and", "power"])
    #expect(batch.keys == ["outag", "and", "power"])
    let many = (0..<200).map { "w\($0)x" }
    #expect(try terms(many.joined(separator: " ")) == Array(many.prefix(Limits.textTermCount)))
    let long = String(repeating: "y", count: 65)
    #expect(try terms("\(long) \(long.dropLast())") == [String(long.dropLast())])
    #expect(try read(Array("snow".utf8), takesTerms: false).batch == emptyBatch())
  }

  /// The oracle is ICU, whose words are parted further where this module parts: at . , ; : _ @ and at apostrophes that do not
  /// stand between letters.
  @Test(arguments: 0..<200 as Range<UInt64>) func agreesWithICUOnASCII(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("aabcdeEFGxyz  0123'''.,;:_-!\"/\n\t".utf8)
    var text = (0..<Int.random(in: 0...160, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
    if seed % 4 == 0 { text = text.map { _ in UInt8.random(in: 0...127, using: &random) } }
    var expected: [String] = []
    for word in icuWords(text).flatMap({ parted($0) }) {
      let isNumber = word.allSatisfy { $0.isNumber }
      if word.utf8.count > 1, !isNumber, !expected.contains(word), expected.count < Limits.textTermCount { expected.append(word) }
    }
    let found = try read(text, language: "none").batch.forms
    #expect(found == expected, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
    // The other path, by way of ICU, gives the same words.
    #expect(try read(text + Array(" é".utf8), language: "none").batch.forms == expected, "seed \(seed)")
  }

  private func icuWords(_ text: [UInt8]) -> [String] {
    guard let breaker = unsafe ctext_breaker_create(8_192) else { return ["no ICU"] }
    defer { unsafe ctext_breaker_destroy(breaker) }
    var words: UnsafePointer<UInt8>?
    var count = 0
    let status = unsafe ctext_breaker_read(breaker, text, text.count, &words, &count)
    guard status == ctext_ok else { return ["status \(status)"] }
    let bytes = unsafe Array(UnsafeBufferPointer(start: words, count: count))
    return bytes.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
  }

  private func parted(_ word: String) -> [String] {
    let scalars = Array(word.unicodeScalars)
    func isLetter(_ index: Int) -> Bool { scalars.indices.contains(index) && scalars[index].properties.isAlphabetic }
    var parts = [""]
    for (index, scalar) in scalars.enumerated() {
      let isParting = ".,;:_@".unicodeScalars.contains(scalar) || scalar == "'" && !(isLetter(index - 1) && isLetter(index + 1))
      if isParting { parts.append("") } else { parts[parts.count - 1].unicodeScalars.append(scalar) }
    }
    return parts.filter { !$0.isEmpty }
  }

  /// Unicode's own vectors: the words of a text are those of its segments. Colons part in this version of ICU.
  @Test func agreesWithUnicodeSegmentation() throws {
    for file in SharedData.files(in: "vectors/unicode-segmentation", suffix: "WordBreakTest.txt") {
      var count = 0
      var differing: [String] = []
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("÷") {
        let data = line.split(separator: "#")[0]
        guard !data.contains("003A") else { continue }
        let segments = data.split(separator: "÷").map { segment in
          segment.split { " ×\t".contains($0) }.compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
        }
        func text(_ scalars: [Unicode.Scalar]) -> [UInt8] { scalars.flatMap { Array($0.utf8) } }
        let whole = text(segments.flatMap { $0 })
        if icuWords(whole) != segments.flatMap({ icuWords(text($0)) }) { differing.append(String(line)) }
        _ = try read(whole)
        count += 1
      }
      #expect(count > 1_000)
      #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(5))")
    }
  }

  @Test func survivesNaughtyStrings() throws {
    for file in SharedData.files(in: "vectors/blns", suffix: "blns.json") {
      let strings = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String])
      for string in strings where string.utf8.count <= Limits.textByteCount {
        let (hash, batch) = try read(Array(string.utf8))
        #expect((hash == 0) == string.isEmpty)
        #expect(batch.keywords.count <= Limits.textTermCount)
        #expect(Set(batch.keys).count == batch.keys.count)
        for form in batch.forms { #expect(form.utf8.count <= Limits.keywordByteCount && !form.isEmpty, "\(string)") }
      }
    }
  }

  @Test func survivesRubbish() throws {
    for seed in 0..<500 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let count = Int.random(in: 1...Limits.textByteCount, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let (hash, batch) = try read(bytes)
      #expect(hash != 0)
      for form in batch.keywords { #expect(String(validating: batch.arena[form.range], as: UTF8.self) != nil, "seed \(seed)") }
    }
    let longest = try read(Array(String(repeating: "\u{fdfa} ", count: 1_024).utf8)).batch
    #expect(longest.forms == ["صلى", "الله", "عليه", "وسلم"])
  }

  /// What is remembered changes no answer: one reader over many texts says what a new one says of each.
  @Test(arguments: 0..<4 as Range<UInt64>) func remembersTextsRightly(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let words = ["snow", "Outages", "É", "火", "don't", "7", "12", "road", "x", "🌳", "…"]
    var reader = try TermReader()
    var maker = try KeywordMaker(TermsSettings())
    var draft = emptyDraft()
    for _ in 0..<4_000 {
      let count = Int.random(in: 0...(Bool.random(using: &random) ? 3 : 60), using: &random)
      let text = Array((0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ").utf8)
      let hash = reader.read(text.span, takesTerms: false, with: &maker, to: &draft)
      let longer = reader.read((text + text).span, takesTerms: false, with: &maker, to: &draft)
      let again = reader.read(text.span, takesTerms: false, with: &maker, to: &draft)
      #expect(hash == again, "seed \(seed)")
      // Where terms are taken nothing is remembered.
      var other = emptyDraft()
      let expected = reader.read(text.span, takesTerms: true, with: &maker, to: &other)
      var another = emptyDraft()
      let expectedLonger = reader.read((text + text).span, takesTerms: true, with: &maker, to: &another)
      #expect(hash == expected && longer == expectedLonger, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
    }
  }
}
