import Archive
import Arguments
import Render
import Spelling

/// Lets `--keyword` find other forms of its words, and says what was meant where it finds nothing.
///
/// "outages" also finds "power outage", by its stem. A word that ends with `*` stands for all words that begin so. Where no keyword
/// holds the words, those that begin so are looked at: one is taken, several are named.
enum KeywordStems {
  private static let namedCount = 8

  /// Adds to a filter the store's keywords that hold every word of it by its stem or its beginning.
  ///
  /// - Parameter isQuiet: whether what was said before is not said again.
  /// - Throws: `ArgumentError` with the nearest keyword where none holds the words and some are near.
  /// - Complexity: O(keywords of the store) where words are given.
  static func admit(to filter: inout ClusterFilter, _ reader: borrowing ArchiveReader, isQuiet: Bool = false) throws {
    guard !filter.keywordWords.isEmpty else { return }
    let starred = filter.keywordWords.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }.filter { !$0.isEmpty }
    let whole = filter.keywordWords.filter { !$0.hasSuffix("*") }
    guard !(starred + whole).isEmpty else {
      throw ArgumentError("--keyword: * alone is every keyword; leave the flag out")
    }
    filter.keywordWords = whole + starred
    let keywords = try reader.keywords()
    let (wholeMatch, starredMatch) = (WordMatch(whole), WordMatch(starred))
    let forms = try KeywordForms(reader)
    var isThere = false
    for keyword in keywords {
      let text = Array(keyword.utf8)
      guard starred.isEmpty || starredMatch.matchesPrefixes(text) else { continue }
      if wholeMatch.matches(text) {
        isThere = true
        if !starred.isEmpty { filter.furtherKeywords.insert(keyword) }
      } else if forms.areHeld(whole, by: keyword) {
        isThere = true
        filter.furtherKeywords.insert(keyword)
      }
    }
    if !isThere { try guess(&filter, keywords, isQuiet) }
  }

  /// Takes the one keyword whose words begin with those that were typed, or says which they may have meant.
  private static func guess(_ filter: inout ClusterFilter, _ keywords: [String], _ isQuiet: Bool) throws {
    let typed = filter.keywordWords.joined(separator: " ")
    let match = WordMatch(filter.keywordWords)
    let longer = keywords.filter { match.matchesPrefixes(Array($0.utf8)) }
    if longer.count == 1 {
      if !isQuiet { Output.complain("no keyword holds \"\(typed)\"; taking \"\(longer[0])\"") }
      filter.furtherKeywords.insert(longer[0])
      return
    }
    guard longer.isEmpty else {
      let named = longer.sorted().prefix(namedCount).map { "\"\($0)\"" }.joined(separator: ", ")
      let more = longer.count > namedCount ? " and \(longer.count - namedCount) more" : ""
      throw ArgumentError(
        "--keyword: no keyword holds \"\(typed)\"; \(named)\(more) begin so: write one of them, or \"\(typed)*\" for all")
    }
    let words = Set(keywords.flatMap { $0.split(separator: " ").map(String.init) }).sorted()
    let nearest =
      Spelling.nearest(to: typed, in: keywords.sorted())
      ?? filter.keywordWords.lazy.compactMap { word in words.contains(word) ? nil : Spelling.nearest(to: word, in: words) }.first
    if let nearest { throw ArgumentError("--keyword: no keyword holds \"\(typed)\"; did you mean \"\(nearest)\"?") }
    if isQuiet { return }
    Output.complain("no keyword of this store holds \"\(typed)\"")
  }
}
