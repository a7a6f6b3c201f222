import Archive
import Terms

/// Whether keywords hold words in another form, as `--keyword` takes them: "outages" also holds "power outage".
final class KeywordForms {
  private let language: String
  /// Made when it is first needed: it owns a megabyte.
  private var maker: KeywordMaker?
  /// The stems of every text that was asked for.
  private var stems: [String: Set<[UInt8]>] = [:]

  init(_ reader: borrowing ArchiveReader) throws {
    language = try reader.meta().language ?? TermsSettings.noLanguage
  }

  func areHeld(_ words: [String], by keyword: String) -> Bool {
    guard language != TermsSettings.noLanguage else { return false }
    let wanted = stems(of: words.joined(separator: " "))
    return !wanted.isEmpty && wanted.isSubset(of: stems(of: keyword))
  }

  private func stems(of text: String) -> Set<[UInt8]> {
    if let known = stems[text] { return known }
    // A language that this release does not have leaves words as they are.
    if maker == nil { maker = try? KeywordMaker(TermsSettings(language: language)) }
    let key = maker?.key(of: text) ?? []
    stems[text] = Set(key.split(separator: UInt8(ascii: " ")).map(Array.init))
    return stems[text] ?? []
  }
}
