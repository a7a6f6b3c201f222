import Archive
import Terms

/// Whether keywords hold words in another form, as `--keyword` takes them: "outages" also holds "power outage".
final class KeywordForms {
  private var maker: KeywordMaker?
  /// The stems of every text that was asked for.
  private var stems: [String: Set<[UInt8]>] = [:]

  init(_ reader: borrowing ArchiveReader) throws {
    let language = try reader.meta().language ?? TermsSettings.noLanguage
    if language != TermsSettings.noLanguage { maker = try KeywordMaker(TermsSettings(language: language)) }
  }

  func areHeld(_ words: [String], by keyword: String) -> Bool {
    let wanted = stems(of: words.joined(separator: " "))
    return !wanted.isEmpty && wanted.isSubset(of: stems(of: keyword))
  }

  private func stems(of text: String) -> Set<[UInt8]> {
    if let known = stems[text] { return known }
    let key = maker?.key(of: text) ?? []
    stems[text] = Set(key.split(separator: UInt8(ascii: " ")).map(Array.init))
    return stems[text] ?? []
  }
}
