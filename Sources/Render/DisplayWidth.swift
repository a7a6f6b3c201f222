extension StringProtocol {
  /// The columns that harmless text takes in a terminal: the sum over its scalars, as `wcswidth` has it.
  ///
  /// - Complexity: O(count).
  var displayWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + $1.displayWidth }
  }

  /// The text where it takes at most `width` columns, else as much of it as leaves room for `…`. Characters stay whole.
  func cut(toWidth width: Int) -> String {
    if displayWidth <= width { return String(self) }
    var end = startIndex
    var used = 1
    for index in indices {
      used += self[index...index].displayWidth
      if used > width { break }
      end = self.index(after: index)
    }
    return self[..<end] + "…"
  }
}

extension Unicode.Scalar {
  /// 0 for marks and for what is invisible, 2 for East Asian wide characters and emoji, else 1.
  fileprivate var displayWidth: Int {
    if isZeroWidth { return 0 }
    return isWide ? 2 : 1
  }

  private var isZeroWidth: Bool {
    switch value {
    case ..<0x300: false
    // The vowels and final consonants of Hangul join the syllable before them.
    case 0x1160...0x11ff, 0xd7b0...0xd7ff: true
    default:
      switch properties.generalCategory {
      case .nonspacingMark, .enclosingMark: true
      case .format: properties.isDefaultIgnorableCodePoint
      default: false
      }
    }
  }

  private var isWide: Bool {
    switch value {
    case ..<0x1100: false
    // East_Asian_Width W and F (UAX #11), by block; U+3248–U+324F, which are ambiguous, go with their neighbours.
    case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0xa4cf,
      0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6,
      0x16fe0...0x18dff, 0x1aff0...0x1b2ff, 0x1f200...0x1f2ff, 0x20000...0x3fffd:
      true
    // Two regional indicators make one flag of two columns.
    case 0x1f1e6...0x1f1ff: false
    default: properties.isEmojiPresentation
    }
  }
}
