/// Finds what somebody meant to type.
package enum Spelling {
  /// The word that lies nearest to `text`, ignoring case; nil where each is further away than two edits, or than half of the
  /// text's length. Of equally near words the first wins.
  ///
  /// - Complexity: O(characters of `text` × characters of all `words`).
  package static func nearest(to text: String, in words: [String]) -> String? {
    guard text.count <= 64 else { return nil }
    let limit = min(2, text.count / 2)
    var best: (word: String, distance: Int)?
    for word in words {
      let distance = distance(text.lowercased(), word.lowercased())
      if distance <= limit, distance < best?.distance ?? .max { best = (word, distance) }
    }
    return best?.word
  }

  /// The edits that turn one text into the other: insertion, deletion, substitution and the swap of two neighbours, no part
  /// edited twice ("optimal string alignment": Boytsov 2011, §2.1).
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var older: [Int] = []
    var previous: [Int] = []
    var current = Array(0...b.count)
    for row in 1..<(a.count + 1) {
      (older, previous, current) = (previous, current, [row])
      for column in 1..<(b.count + 1) {
        let substitution = previous[column - 1] + (a[row - 1] == b[column - 1] ? 0 : 1)
        var distance = min(previous[column] + 1, current[column - 1] + 1, substitution)
        if row > 1, column > 1, a[row - 1] == b[column - 2], a[row - 2] == b[column - 1] {
          distance = min(distance, older[column - 2] + 1)
        }
        current.append(distance)
      }
    }
    return current[b.count]
  }
}
