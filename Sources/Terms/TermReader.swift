import Reports

/// Reads texts: their fingerprints and, where a report has no keywords, the terms that stand for them.
///
/// It owns ICU's word boundaries and the buffers of one text, about half a megabyte, and allocates nothing more.
package struct TermReader: ~Copyable {
  private let breaker: WordBreaker
  private var scanner = WordScanner()
  private var memo = TextMemo()
  /// Hashes of the words of one text that have been looked at.
  private var seen: [UInt64] = []

  private static let seenCount = 2 * Limits.textTermCount
  /// The hash that stands for every number, so that texts which differ by a house number alone have one fingerprint.
  private let numberHash = WordHash.hash([0x30].span)

  package init() throws(TermsError) {
    breaker = try WordBreaker()
    seen.reserveCapacity(Self.seenCount)
  }

  /// The SimHash of a text of at most `Limits.textByteCount` bytes; zero for an empty one.
  ///
  /// Where `takesTerms`, the text's words become keywords of the draft's row: distinct by key, without numbers and single Latin
  /// letters, the first `Limits.textTermCount` of them.
  ///
  /// - Complexity: O(count); ASCII takes a path without ICU, and a text that came lately is only compared.
  package mutating func read(
    _ text: Span<UInt8>, takesTerms: Bool, with maker: inout KeywordMaker, to draft: inout TermDraft
  ) -> UInt64 {
    guard !text.isEmpty else { return 0 }
    guard !takesTerms, text.count <= TextMemo.byteCapacity else {
      return readWords(text, takesTerms: takesTerms, with: &maker, to: &draft)
    }
    return unsafe text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      let hash = unsafe TextMemo.hash(base, count: buffer.count)
      if let known = unsafe memo.simHash(of: base, count: buffer.count, hash: hash) { return known }
      let simHash = readWords(text, takesTerms: false, with: &maker, to: &draft)
      unsafe memo.remember(base, count: buffer.count, hash: hash, simHash: simHash)
      return simHash
    }
  }

  private mutating func readWords(
    _ text: Span<UInt8>, takesTerms: Bool, with maker: inout KeywordMaker, to draft: inout TermDraft
  ) -> UInt64 {
    load(text)
    var hash = SimHash()
    var isEmpty = true
    if takesTerms { seen.removeAll(keepingCapacity: true) }
    while let word = scanner.next() {
      isEmpty = false
      if unsafe scanner.bytes[word.lowerBound] <= 0x39, scanner.isNumber(word) {
        hash.add(word: numberHash)
        continue
      }
      let wordHash = scanner.hash(word)
      hash.add(word: wordHash)
      if takesTerms { takeTerm(word, hash: wordHash, with: &maker, to: &draft) }
    }
    // A text without a word, of emoji or punctuation, is one feature.
    if isEmpty { hash.add(word: WordHash.hash(text)) }
    return hash.finish()
  }

  private mutating func load(_ text: Span<UInt8>) {
    if scanner.load(text) { return }
    // A text that is no UTF-8, which JSON never is, stays as it was loaded.
    _ = breaker.load(text, into: &scanner)
  }

  private mutating func takeTerm(
    _ word: Range<Int>, hash: UInt64, with maker: inout KeywordMaker, to draft: inout TermDraft
  ) {
    guard draft.rowKeywordCount < Limits.textTermCount, word.count <= Limits.keywordByteCount else { return }
    let lead = unsafe scanner.bytes[word.lowerBound]
    // One letter of ASCII, or of two bytes up to U+024F.
    if word.count == 1 || word.count == 2 && lead >= 0xc2 && lead <= 0xc9 { return }
    if seen.contains(hash) { return }
    // Of a text with more different words those that came last are looked up again, which changes nothing.
    if seen.count < Self.seenCount { seen.append(hash) }
    let bytes = unsafe Span(_unsafeStart: scanner.bytes + word.lowerBound, count: word.count)
    _ = maker.append(bytes, hash: hash, to: &draft)
  }
}
