import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  func check(_ expected: String, _ location: SourceLocation = #_sourceLocation, _ write: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    write(&writer)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == expected, sourceLocation: location)
  }

  @Test func setsCommas() {
    check(#"{"a":1,"b":[1,2,[],{},null],"c":true}"#) {
      $0.beginObject()
      $0.member("a", 1)
      $0.key("b")
      $0.beginArray()
      $0.value(1)
      $0.value(UInt64(2))
      $0.beginArray()
      $0.endArray()
      $0.beginObject()
      $0.endObject()
      $0.null()
      $0.endArray()
      $0.member("c", true)
      $0.endObject()
    }
  }

  @Test func writesLines() {
    check("{\"a\":\"b\"}\n[1,2,3]\n") {
      $0.beginObject()
      $0.member("a", "b")
      $0.endObject()
      $0.endLine()
      $0.beginArray()
      $0.raw(Array("1,2".utf8).span)
      $0.value(3)
      $0.endArray()
      $0.endLine()
    }
  }

  @Test func escapes() {
    check(#""\"\\/\n\r\t\u0000\u0008\u001f\u007f\u0080\u009f é€😀\u2028\u2029""#) {
      $0.value("\"\\/\n\r\t\u{0}\u{8}\u{1f}\u{7f}\u{80}\u{9f} é€😀\u{2028}\u{2029}")
    }
    check("\"\u{2027}\u{202a}\u{a0}\"") { $0.value("\u{2027}\u{202a}\u{a0}") }
  }

  @Test func replacesWhatIsNoUTF8() {
    let cases: [([UInt8], String)] = [
      ([0xff], "\u{fffd}"), ([0x61, 0xc3], "a\u{fffd}"), ([0xe2, 0x80, 0x62], "\u{fffd}b"), ([0xf0, 0x9f, 0x98], "\u{fffd}"),
      ([0x80, 0x80], "\u{fffd}\u{fffd}"), ([0xc2, 0x41], "\u{fffd}A"),
    ]
    for (bytes, expected) in cases {
      check("\"\(expected)\"") { $0.value(utf8: bytes.span) }
      #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
  }

  @Test func writesDoublesPlainly() {
    let cases: [(Double, String)] = [
      (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-71.0589, "-71.0589"), (0.1, "0.1"), (1e-5, "0.00001"), (1e-7, "0.0000001"),
      (1e16, "10000000000000000.0"), (1e20, "100000000000000000000.0"), (1e21, "1e+21"), (1e-8, "1e-08"),
      (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.infinity, "null"),
      (.nan, "null"),
      (-1.2345678901234566e-7, "-0.00000012345678901234566"),
    ]
    for (value, expected) in cases { check(expected) { $0.value(value) } }
  }

  @Test func forgetsAndStartsAnew() {
    check("[]") {
      $0.value(1)
      $0.removeAll()
      $0.beginArray()
      $0.endArray()
    }
  }

  @Test(arguments: 0..<64 as Range<UInt64>) func readsBackWhatItWrites(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let value = randomValue(&random, depth: 5)
      var writer = JSONWriter()
      writer.value(value)
      let read = try JSONValue(parsing: writer.bytes, byteLimit: 1 << 24)
      #expect(read == value, "seed \(seed)")
      var second = JSONWriter()
      second.value(read)
      #expect(second.bytes == writer.bytes, "seed \(seed)")
      #expect(!writer.bytes.contains { $0 < 0x20 })
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func readsBackEveryDouble(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let double = Double(bitPattern: random.next())
      guard double.isFinite else { continue }
      var writer = JSONWriter()
      writer.value(double)
      #expect(try JSONValue(parsing: writer.bytes).double?.bitPattern == double.bitPattern, "seed \(seed): \(double)")
    }
  }

  private func randomValue(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
    case 3: return .unsigned(random.next() | 1 << 63)
    case 4: return .number(Double.random(in: -180...180, using: &random))
    case 5: return .string(randomText(&random))
    case 6:
      return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in randomValue(&random, depth: depth - 1) })
    default:
      return .object(
        (0..<Int.random(in: 0..<5, using: &random)).map { _ in
          JSONValue.Member(randomText(&random), randomValue(&random, depth: depth - 1))
        })
    }
  }

  private func randomText(_ random: inout SeededGenerator) -> String {
    let limits: [UInt32] = [0x20, 0x80, 0x100, 0x2030, 0x11_0000]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<12, using: &random) {
      let limit = limits[Int.random(in: 0..<limits.count, using: &random)]
      if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { text.append(scalar) }
    }
    return String(text)
  }
}
