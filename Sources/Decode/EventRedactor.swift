import Reports
import Terms

/// Copies the JSON of a refused event without what must not be kept: it holds no more of an event than an accepted one leaves.
///
/// The strings, numbers and lists that docs/wire.md names stay as they were written, all but `data.reporter`. Every other value is
/// blanked: a string becomes `""`, a number `0`, an object `{}`, an array `[]`; true, false and null say nothing and stay. A
/// name that the protocol does not have stays where it is a plain word. Names are compared unescaped, wherever and however often
/// they stand.
///
/// What follows the first syntax error, ill-formed UTF-8 or nesting beyond `Limits.nestingDepth` is dropped: only what
/// precedes it can be told apart. So the result is UTF-8, no longer than what was read, and where it is cut, it ends where the
/// event breaks.
enum EventRedactor {
  /// Appends the redacted event at a range of a body to a draft, without the white space around it.
  ///
  /// - Complexity: O(count).
  static func redact(_ body: Span<UInt8>, _ range: Range<Int>, into draft: inout TermDraft) -> ReportBatch.Slice {
    var range = range
    while let first = range.first, ArrayScanner.isWhiteSpace(body[first]) { range = first + 1..<range.upperBound }
    while let last = range.last, ArrayScanner.isWhiteSpace(body[last]) { range = range.lowerBound..<last }
    var reading = unsafe Reading(bytes: body.extracting(range), output: draft.bytes + draft.byteCount)
    do throws(Break) {
      try reading.value(.event, depth: 1)
    } catch {}
    return draft.take(reading.outputCount)
  }

  /// What a value may be where it stands, and so what of it stays.
  fileprivate enum Place {
    case event, data, location, keywords, coordinates
    /// A string of the protocol, and a number in its stead.
    case text
    /// The name of a geometry; any other string goes.
    case geometry
    case number
    /// Nothing stays but the type.
    case blank

    /// The place of a member by its name.
    func member(_ name: Span<UInt8>) -> Place {
      switch (self, name.count) {
      case (.event, 2): isEqual(name, "id") ? .text : .blank
      case (.event, 4): isEqual(name, "data") ? .data : isEqual(name, "time") || isEqual(name, "type") ? .text : .blank
      case (.event, 6): isEqual(name, "source") ? .text : .blank
      case (.event, 7): isEqual(name, "subject") ? .text : .blank
      case (.event, 11): isEqual(name, "specversion") ? .text : .blank
      case (.data, 4): isEqual(name, "text") ? .text : .blank
      case (.data, 8): isEqual(name, "keywords") ? .keywords : isEqual(name, "location") ? .location : .blank
      case (.data, 14): isEqual(name, "accuracyMeters") ? .number : .blank
      case (.location, 4): isEqual(name, "type") ? .geometry : .blank
      case (.location, 11): isEqual(name, "coordinates") ? .coordinates : .blank
      default: .blank
      }
    }

    var isObject: Bool { [.event, .data, .location].contains(self) }
    var isArray: Bool { [.keywords, .coordinates].contains(self) }
    var element: Place { self == .keywords ? .text : .number }
  }

  /// Nothing behind this can be told apart.
  fileprivate struct Break: Error {}
}

/// Whether a name is as it is spelt here.
private func isEqual(_ name: Span<UInt8>, _ expected: StaticString) -> Bool {
  guard name.count == expected.utf8CodeUnitCount else { return false }
  for index in name.indices where unsafe name[index] != expected.utf8Start[index] { return false }
  return true
}

@safe private struct Reading: ~Escapable {
  /// The longest name of the protocol, were each of its characters escaped.
  private static let nameByteCount = 6 * 14
  private static let wordByteCount = 32

  private let bytes: Span<UInt8>
  private var index = 0
  /// Where there is room for as many bytes as an event may have.
  private let output: UnsafeMutablePointer<UInt8>
  private(set) var outputCount = 0
  /// While it is above zero, nothing is written: what stands here is blanked.
  private var blankDepth = 0

  @_lifetime(copy bytes)
  init(bytes: Span<UInt8>, output: UnsafeMutablePointer<UInt8>) {
    self.bytes = bytes
    unsafe self.output = output
  }

  /// Reads one value; `depth` is what a container here has.
  mutating func value(_ place: EventRedactor.Place, depth: Int) throws(EventRedactor.Break) {
    try passWhiteSpace()
    switch try peek() {
    case UInt8(ascii: "{"): try container(place, depth: depth, closing: UInt8(ascii: "}"), stays: place.isObject)
    case UInt8(ascii: "["): try container(place, depth: depth, closing: UInt8(ascii: "]"), stays: place.isArray)
    case UInt8(ascii: "\""): try string(place)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let start = index
      try passNumber()
      try write(place == .text || place == .number ? start..<index : nil, else: "0")
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: throw EventRedactor.Break()
    }
  }

  // MARK: Containers

  private mutating func container(
    _ place: EventRedactor.Place, depth: Int, closing: UInt8, stays: Bool
  ) throws(EventRedactor.Break) {
    guard depth <= Limits.nestingDepth else { throw EventRedactor.Break() }
    let isObject = closing == UInt8(ascii: "}")
    if stays { try write(index..<index + 1) } else { blankDepth += 1 }
    index += 1
    try passWhiteSpace()
    var isFirst = true
    while try peek() != closing || !isFirst {
      if !isFirst {
        guard try peek() == UInt8(ascii: ",") else { throw EventRedactor.Break() }
        try write(index..<index + 1)
        index += 1
      }
      isFirst = false
      let inner = stays ? (isObject ? try name(in: place) : place.element) : (isObject ? try name(in: .blank) : .blank)
      try value(inner, depth: depth + 1)
      try passWhiteSpace()
      if try peek() == closing { break }
    }
    if stays { try write(index..<index + 1) } else { blankDepth -= 1 }
    index += 1
    if !stays { try write(nil, else: isObject ? "{}" : "[]") }
  }

  /// Reads a name and its colon; the place of its value.
  private mutating func name(in place: EventRedactor.Place) throws(EventRedactor.Break) -> EventRedactor.Place {
    try passWhiteSpace()
    guard try peek() == UInt8(ascii: "\"") else { throw EventRedactor.Break() }
    let start = index
    try passString()
    let name = start + 1..<index - 1
    let (inner, isWord) =
      hasEscape(name) ? Self.read(unescaped(name).span, in: place) : Self.read(bytes.extracting(name), in: place)
    try write(inner != .blank || isWord ? start..<index : nil, else: "\"\"")
    try passWhiteSpace()
    guard try peek() == UInt8(ascii: ":") else { throw EventRedactor.Break() }
    try write(index..<index + 1)
    index += 1
    return inner
  }

  /// The place of a member's value, and whether its name is a plain word.
  private static func read(_ name: Span<UInt8>, in place: EventRedactor.Place) -> (EventRedactor.Place, Bool) {
    (place.member(name), isWord(name))
  }

  // MARK: Scalars

  private mutating func string(_ place: EventRedactor.Place) throws(EventRedactor.Break) {
    let start = index
    do throws(EventRedactor.Break) {
      try passString()
    } catch {
      // What precedes the break is the beginning of this string and of nothing else.
      if place == .text { try write(start..<index) }
      throw error
    }
    let stays = place == .text || place == .geometry && isGeometry(start + 1..<index - 1)
    try write(stays ? start..<index : nil, else: "\"\"")
  }

  private mutating func literal(_ word: StaticString) throws(EventRedactor.Break) {
    let end = index + word.utf8CodeUnitCount
    guard end <= bytes.count else { throw EventRedactor.Break() }
    for offset in 0..<word.utf8CodeUnitCount {
      guard unsafe bytes[index + offset] == word.utf8Start[offset] else { throw EventRedactor.Break() }
    }
    try write(index..<end)
    index = end
  }

  /// Passes a number of RFC 8259 §6.
  private mutating func passNumber() throws(EventRedactor.Break) {
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 } else { try passDigits() }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      try passDigits()
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      try passDigits()
    }
  }

  private mutating func passDigits() throws(EventRedactor.Break) {
    let start = index
    while index < bytes.count, bytes[index] &- UInt8(ascii: "0") <= 9 { index += 1 }
    guard index > start else { throw EventRedactor.Break() }
  }

  /// Passes a string from quote to quote; where it throws, `index` stands behind its last whole character.
  private mutating func passString() throws(EventRedactor.Break) {
    index += 1
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return
      case UInt8(ascii: "\\"): try passEscape()
      case 0x20..<0x80: index += 1
      default: try passScalar(byte)
      }
    }
  }

  private mutating func passEscape() throws(EventRedactor.Break) {
    guard index + 1 < bytes.count else { throw EventRedactor.Break() }
    switch bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 2
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(at: index + 2) else { throw EventRedactor.Break() }
      guard unit & 0xf800 == 0xd800 else {
        index += 6
        return
      }
      // A surrogate is the first of a pair or a fault.
      guard unit < 0xdc00, index + 12 <= bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
        bytes[index + 7] == UInt8(ascii: "u"), let low = codeUnit(at: index + 8), low & 0xfc00 == 0xdc00
      else { throw EventRedactor.Break() }
      index += 12
    default: throw EventRedactor.Break()
    }
  }

  /// Passes one scalar of two to four bytes, well-formed by the table of The Unicode Standard, §3.9.
  private mutating func passScalar(_ first: UInt8) throws(EventRedactor.Break) {
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch first {
      case 0xc2...0xdf: (2, 0x80...0xbf)
      case 0xe0: (3, 0xa0...0xbf)
      case 0xed: (3, 0x80...0x9f)
      case 0xe1...0xef: (3, 0x80...0xbf)
      case 0xf0: (4, 0x90...0xbf)
      case 0xf1...0xf3: (4, 0x80...0xbf)
      case 0xf4: (4, 0x80...0x8f)
      default: throw EventRedactor.Break()
      }
    guard index + count <= bytes.count, second.contains(bytes[index + 1]) else { throw EventRedactor.Break() }
    for offset in 2..<max(2, count) where bytes[index + offset] & 0xc0 != 0x80 { throw EventRedactor.Break() }
    index += count
  }

  private func codeUnit(at start: Int) -> UInt16? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt16 = 0
    for position in start..<start + 4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  // MARK: Names

  /// The characters of a name, where it can be one of the protocol: those are ASCII letters. Anything else comes out as something
  /// else, and what is too long for one as nothing.
  private func unescaped(_ range: Range<Int>) -> [UInt8] {
    guard range.count <= Self.nameByteCount else { return [] }
    var name: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard bytes[position] == UInt8(ascii: "\\") else {
        name.append(bytes[position])
        position += 1
        continue
      }
      guard bytes[position + 1] == UInt8(ascii: "u") else { return [] }
      guard let unit = codeUnit(at: position + 2), unit < 0x80 else { return [] }
      name.append(UInt8(unit))
      position += 6
    }
    return name
  }

  private func hasEscape(_ range: Range<Int>) -> Bool {
    for position in range where bytes[position] == UInt8(ascii: "\\") { return true }
    return false
  }

  private static func isWord(_ name: Span<UInt8>) -> Bool {
    guard !name.isEmpty, name.count <= wordByteCount else { return false }
    for index in name.indices {
      let byte = name[index]
      let isInWord = byte &- UInt8(ascii: "0") <= 9 || (byte | 0x20) &- UInt8(ascii: "a") <= 25 || byte == UInt8(ascii: "_")
      if !isInWord { return false }
    }
    return true
  }

  private func isGeometry(_ range: Range<Int>) -> Bool {
    hasEscape(range) ? Self.isGeometry(unescaped(range).span) : Self.isGeometry(bytes.extracting(range))
  }

  private static func isGeometry(_ name: Span<UInt8>) -> Bool {
    isEqual(name, "Point") || isEqual(name, "MultiPoint") || isEqual(name, "LineString") || isEqual(name, "MultiLineString")
      || isEqual(name, "Polygon") || isEqual(name, "MultiPolygon") || isEqual(name, "GeometryCollection")
      || isEqual(name, "Feature")
  }

  // MARK: Bytes

  private func peek() throws(EventRedactor.Break) -> UInt8 {
    guard index < bytes.count else { throw EventRedactor.Break() }
    return bytes[index]
  }

  private mutating func passWhiteSpace() throws(EventRedactor.Break) {
    let start = index
    while index < bytes.count, ArrayScanner.isWhiteSpace(bytes[index]) { index += 1 }
    if index > start { try write(start..<index) }
  }

  /// Writes what stands at a range, or something in its stead, unless all of it is blanked.
  private mutating func write(_ range: Range<Int>?, else blank: StaticString = "") throws(EventRedactor.Break) {
    guard blankDepth == 0 else { return }
    let count = range?.count ?? blank.utf8CodeUnitCount
    guard outputCount + count <= Limits.eventByteCount else { throw EventRedactor.Break() }
    if let range {
      unsafe bytes.extracting(range).withUnsafeBufferPointer { source in
        if let base = source.baseAddress { unsafe (output + outputCount).update(from: base, count: count) }
      }
    } else {
      unsafe (output + outputCount).update(from: blank.utf8Start, count: count)
    }
    outputCount += count
  }
}
