import CText
import Reports

/// The owner of a Snowball stemmer (Porter 2001): keywords of one stem have one key.
@safe struct Stemmer: ~Copyable {
  /// Nil where keys are forms.
  private let handle: OpaquePointer?
  private let stemsLatin: Bool

  /// Languages whose stemmer knows another script than Latin.
  private static let otherScripts: Set = ["arabic", "armenian", "greek", "hindi", "nepali", "russian", "tamil", "yiddish"]

  init(language: String) throws(TermsError) {
    stemsLatin = !Self.otherScripts.contains(language)
    guard language != TermsSettings.noLanguage else {
      unsafe handle = nil
      return
    }
    // Also a name of libstemmer's that is not in its list, such as "en", is unknown: a configuration has one spelling.
    guard TermsSettings.languages.contains(language) else { throw .unknownLanguage(language) }
    guard let handle = unsafe ctext_stemmer_create(language) else { throw .unavailable }
    unsafe self.handle = handle
  }

  deinit { unsafe ctext_stemmer_destroy(handle) }

  /// The key of a form that stands in an arena, appended to it; the form's own slice where they are the same.
  ///
  /// Each run of letters, digits and apostrophes is stemmed and the rest copied. A key longer than
  /// `Limits.keywordByteCount`, which no real word has, is given up for the form. Complexity: O(count).
  func key(of form: ReportBatch.Slice, in arena: inout [UInt8]) -> ReportBatch.Slice {
    guard unsafe handle != nil else { return form }
    let start = arena.count
    var index = form.range.lowerBound
    while index < form.range.upperBound {
      var end = index
      while end < form.range.upperBound, Self.isInWord(arena[end]) { end += 1 }
      if end > index {
        appendStem(of: index..<end, to: &arena)
      } else {
        arena.append(arena[index])
        end += 1
      }
      index = end
    }
    let key = ReportBatch.Slice(offset: UInt32(start), length: UInt32(arena.count - start))
    if key.length <= UInt32(Limits.keywordByteCount), !arena.span.extracting(key.range).isEqual(arena.span.extracting(form.range))
    {
      return key
    }
    arena.removeLast(arena.count - start)
    return form
  }

  private func appendStem(of word: Range<Int>, to arena: inout [UInt8]) {
    guard let handle = unsafe handle, Self.isLatin(arena.span.extracting(word)) == stemsLatin else {
      return Self.append(word, to: &arena)
    }
    var stem: UnsafePointer<UInt8>?
    let count = unsafe arena.span.extracting(word).withUnsafeBufferPointer { buffer in
      let count = unsafe ctext_stemmer_stem(handle, buffer.baseAddress, buffer.count, &stem)
      // Memory was short, or there is nothing left of the word.
      if unsafe stem == buffer.baseAddress || count == 0 { unsafe stem = nil }
      return count
    }
    guard let stem = unsafe stem else { return Self.append(word, to: &arena) }
    unsafe arena.append(contentsOf: UnsafeBufferPointer(start: stem, count: count))
  }

  private static func append(_ word: Range<Int>, to arena: inout [UInt8]) {
    for index in word { arena.append(arena[index]) }
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    byte >= 0x61 && byte <= 0x7a || byte >= 0x30 && byte <= 0x39 || byte == 0x27 || byte >= 0x80
  }

  /// Whether every scalar is of the blocks Basic Latin to Latin Extended-B, Combining Diacritical Marks (U+0300–U+036F) or
  /// Latin Extended Additional (U+1E00–U+1EFF).
  private static func isLatin(_ word: Span<UInt8>) -> Bool {
    for index in word.indices where word[index] >= 0xc0 {
      let second = index + 1 < word.count ? word[index + 1] : 0
      switch word[index] {
      case 0xc2...0xc9, 0xcc: continue
      case 0xcd where second < 0xb0: continue
      case 0xe1 where second >= 0xb8 && second <= 0xbb: continue
      default: return false
      }
    }
    return true
  }
}
