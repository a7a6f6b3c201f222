import CText

/// Makes one spelling of a keyword out of many: white space trimmed and joined, letters folded.
package enum KeywordNormalizer {
  package enum Outcome: Equatable, Sendable {
    /// The keyword has been appended.
    case kept
    /// Nothing but white space; nothing has been appended.
    case blank
    /// A control character inside, or bytes that are no UTF-8; nothing has been appended.
    case invalid
    /// Not ASCII and longer than a kilobyte, before or after; nothing has been appended.
    case tooLong
  }

  /// Appends a normalised keyword to an arena.
  ///
  /// White space (Unicode's White_Space) goes at both ends and becomes one space inside; the rest takes its NFKC_Casefold form
  /// (The Unicode Standard, §3.13): equivalent spellings become one, letters lose their case in full (ß becomes ss), what is
  /// ignorable by default goes. Normalising twice changes nothing. Complexity: O(count); ASCII takes a path without ICU.
  package static func normalize(_ bytes: Span<UInt8>, into arena: inout [UInt8]) -> Outcome {
    var outcome: Outcome?
    arena.append(addingCapacity: bytes.count) { output in
      outcome = appendASCII(bytes, to: &output)
      if outcome != .kept { output.removeAll() }
    }
    return outcome ?? normalizeScalars(bytes, into: &arena)
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

  /// The path of `normalize` for all that is not ASCII, which gives the same for what is.
  package static func normalizeScalars(_ bytes: Span<UInt8>, into arena: inout [UInt8]) -> Outcome {
    let start = arena.count
    let outcome = appendJoined(bytes, to: &arena)
    guard outcome == .kept else {
      arena.removeLast(arena.count - start)
      return outcome
    }
    return fold(from: start, in: &arena)
  }

  /// Appends the words of a keyword with one space between.
  private static func appendJoined(_ bytes: Span<UInt8>, to arena: inout [UInt8]) -> Outcome {
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
      guard !isControl, let needsSpace = gap.close(isInner: arena.count > start) else { return .invalid }
      if needsSpace { arena.append(0x20) }
      arena.append(contentsOf: scalar.utf8)
      guard arena.count - start <= ctext_fold_capacity else { return .tooLong }
    }
    return arena.count == start ? .blank : .kept
  }

  /// Puts the normal form of what stands behind `start` in its place.
  private static func fold(from start: Int, in arena: inout [UInt8]) -> Outcome {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ctext_fold_capacity) { folded in
      var count = 0
      let status = unsafe arena.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return ctext_unavailable }
        return unsafe ctext_fold(base + start, bytes.count - start, folded.baseAddress, folded.count, &count)
      }
      arena.removeLast(arena.count - start)
      guard status == ctext_ok else { return status == ctext_too_long ? .tooLong : .invalid }
      // Compatibility forms such as U+00A8 hold spaces, and what is ignorable may have stood between two.
      for index in 0..<count {
        let byte = unsafe folded[index]
        if byte != 0x20 || arena.count > start && arena[arena.count - 1] != 0x20 { arena.append(byte) }
      }
      if arena.count > start, arena[arena.count - 1] == 0x20 { arena.removeLast() }
      return arena.count == start ? .blank : .kept
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
