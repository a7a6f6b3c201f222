import CText

/// What is told once to whoever makes terms.
package struct TermsSettings: Equatable, Sendable {
  /// The language whose Snowball stemmer makes keys of keywords, one of `languages`; `noLanguage` for none.
  package var language: String

  package init(language: String = "english") { self.language = language }

  /// The language of those who want no stems: a keyword's key is its form.
  package static let noLanguage = "none"

  /// Every language that there is a stemmer of, as configurations name them, and `noLanguage`.
  package static var languages: [String] {
    var names = [noLanguage]
    while let name = unsafe ctext_language(names.count - 1) { names.append(unsafe String(cString: name)) }
    return names
  }
}
