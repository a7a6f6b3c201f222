/// Whether a keyword holds words, each whole: neither preceded nor followed by a letter or a digit.
package struct WordMatch {
  private let words: [[UInt8]]

  package init(_ words: [String]) {
    self.words = words.map { Array($0.utf8) }.filter { !$0.isEmpty }
  }

  /// The word that the fewest keywords hold, as far as its length tells; empty where there is none.
  var longest: [UInt8] { words.max { $0.count < $1.count } ?? [] }

  /// - Complexity: O(text × words).
  package func matches(_ text: [UInt8]) -> Bool {
    words.allSatisfy { Self.contains(text, $0, isPrefix: false) }
  }

  /// The same where words of the text that begin with ours do.
  package func matchesPrefixes(_ text: [UInt8]) -> Bool {
    words.allSatisfy { Self.contains(text, $0, isPrefix: true) }
  }

  private static func contains(_ text: [UInt8], _ word: [UInt8], isPrefix: Bool) -> Bool {
    guard word.count <= text.count else { return false }
    for start in 0...text.count - word.count where text[start..<start + word.count].elementsEqual(word) {
      let end = start + word.count
      let isFree = (start == 0 || !isOfWord(text[start - 1])) && (isPrefix || end == text.count || !isOfWord(text[end]))
      if isFree { return true }
    }
    return false
  }

  /// Every byte beyond ASCII counts as a letter.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x80..., UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
