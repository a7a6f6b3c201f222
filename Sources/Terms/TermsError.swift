/// Why there is nobody to make terms.
package enum TermsError: Error, Equatable, Sendable {
  /// No stemmer knows the language.
  case unknownLanguage(String)
  /// Memory is short, or ICU lacks its data.
  case unavailable
}

extension TermsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownLanguage(let name):
      "there is no stemmer of the language \"\(name)\"; take one of \(TermsSettings.languages.joined(separator: ", "))"
    case .unavailable: "there is not enough memory for ICU, or its data is not installed"
    }
  }
}
