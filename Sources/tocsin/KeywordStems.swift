import Archive
import Terms

/// Lets `--keyword` find other forms of its words: "outages" also finds "power outage".
enum KeywordStems {
  /// Adds to a filter the store's keywords that hold every word of it by its stem.
  ///
  /// - Complexity: O(keywords of the store) where words are given.
  static func admit(to filter: inout ClusterFilter, _ reader: borrowing ArchiveReader) throws {
    guard !filter.keywordWords.isEmpty else { return }
    let language = try reader.meta().language ?? TermsSettings.noLanguage
    guard language != TermsSettings.noLanguage else { return }
    var maker = try KeywordMaker(TermsSettings(language: language))
    let space = UInt8(ascii: " ")
    let wanted = maker.key(of: filter.keywordWords.joined(separator: " "))?.split(separator: space) ?? []
    guard !wanted.isEmpty else { return }
    for keyword in try reader.keywords() {
      let stems = maker.key(of: keyword)?.split(separator: space) ?? []
      if wanted.allSatisfy(stems.contains) { filter.furtherKeywords.insert(keyword) }
    }
  }
}
