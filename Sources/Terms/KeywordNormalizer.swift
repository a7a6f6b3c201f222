/// Makes one spelling of a keyword out of many: white space trimmed and joined, letters folded.
package enum KeywordNormalizer {
  package enum Outcome: Equatable, Sendable {
    /// The keyword has been appended.
    case kept
    /// Nothing but white space; nothing has been appended.
    case blank
    /// A control character inside, or bytes that are no UTF-8; nothing has been appended.
    case invalid
  }

  /// Appends a normalised keyword to an arena.
  ///
  /// White space (Unicode's White_Space) goes at both ends and becomes one space inside, letters lose their case in full
  /// (ß becomes ss). Canonically equivalent spellings stay apart. Normalising twice changes nothing. Complexity: O(count).
  package static func normalize(_ bytes: Span<UInt8>, into arena: inout [UInt8]) -> Outcome {
    var outcome: Outcome?
    arena.append(addingCapacity: bytes.count) { output in
      outcome = appendASCII(bytes, to: &output)
      if outcome != .kept { output.removeAll() }
    }
    return outcome ?? appendScalars(bytes, to: &arena)
  }

  /// Appends a normalised keyword of ASCII; nil where there is something else.
  private static func appendASCII(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>) -> Outcome? {
    var gap = Gap()
    for index in bytes.indices {
      let byte = bytes[index]
      switch byte {
      case 0x20, 0x09...0x0d: gap.add(isControl: byte < 0x20)
      case 0x21...0x7e:
        if gap.isOpen {
          guard let needsSpace = gap.close(isInner: !output.isEmpty) else { return .invalid }
          if needsSpace { output.append(0x20) }
        }
        output.append(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
      case 0x80...: return nil
      default: return .invalid
      }
    }
    return output.isEmpty ? .blank : .kept
  }

  private static func appendScalars(_ bytes: Span<UInt8>, to arena: inout [UInt8]) -> Outcome {
    guard let text = try? UTF8Span(validating: bytes) else { return .invalid }
    let start = arena.count
    var gap = Gap()
    var scalars = text.makeUnicodeScalarIterator()
    while let scalar = scalars.next() {
      let isControl = scalar.properties.generalCategory == .control
      if scalar.properties.isWhitespace {
        gap.add(isControl: isControl)
        continue
      }
      guard !isControl, let needsSpace = gap.close(isInner: arena.count > start) else {
        arena.removeLast(arena.count - start)
        return .invalid
      }
      if needsSpace { arena.append(0x20) }
      appendFolded(scalar, to: &arena)
    }
    return arena.count == start ? .blank : .kept
  }

  /// Appends a scalar without its case: the lower case of its upper case, and once more, for ẞ gives ß and only that ss.
  ///
  /// Scalars that change neither when folded nor when lowered stay, such as ı, whose upper case is an I.
  private static func appendFolded(_ scalar: Unicode.Scalar, to arena: inout [UInt8], rounds: Int = 2) {
    let properties = scalar.properties
    guard rounds > 0, properties.changesWhenCaseFolded || properties.changesWhenLowercased else {
      arena.append(contentsOf: scalar.utf8)
      return
    }
    for upper in properties.uppercaseMapping.unicodeScalars {
      for lower in upper.properties.lowercaseMapping.unicodeScalars {
        appendFolded(lower, to: &arena, rounds: rounds - 1)
      }
    }
  }

  /// White space, which counts only where words stand at both sides of it.
  private struct Gap {
    private(set) var isOpen = false
    private var holdsControl = false

    mutating func add(isControl: Bool) {
      isOpen = true
      if isControl { holdsControl = true }
    }

    /// Whether a space is due before the next word; nil where a control character stands between two words.
    mutating func close(isInner: Bool) -> Bool? {
      defer { self = Gap() }
      if isInner, holdsControl { return nil }
      return isInner && isOpen
    }
  }
}
