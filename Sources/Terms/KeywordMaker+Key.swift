import Reports

extension KeywordMaker {
  /// The key of one keyword by itself, as bytes of UTF-8; nil where it is not kept.
  package mutating func key(of keyword: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    guard let (_, key) = Self.forms(of: Array(keyword.utf8).span, by: stemmer, into: &bytes).pair else { return nil }
    return Array(bytes[key.range])
  }
}
