import Foundation
import JSON
import TestSupport
import Testing

@Suite struct JSONValueTests {
  func check(_ text: String, _ expected: JSONValue, _ location: SourceLocation = #_sourceLocation) {
    let value = try? JSONValue(parsing: Array(text.utf8))
    #expect(value == expected, "\(text.prefix(80))", sourceLocation: location)
  }

  func checkError(_ text: String, _ expected: JSONError, _ location: SourceLocation = #_sourceLocation) {
    #expect(throws: expected, "\(text.prefix(80))", sourceLocation: location) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test func readsScalars() {
    check("null", .null)
    check(" true ", .bool(true))
    check("false\n", .bool(false))
    check("\"a\\u00e9\\ud83d\\ude00\"", .string("aé😀"))
    check("\"\"", .string(""))
  }

  @Test func keepsIntegersExact() {
    check("0", .integer(0))
    check("-9223372036854775808", .integer(.min))
    check("9223372036854775807", .integer(.max))
    check("9223372036854775808", .unsigned(9_223_372_036_854_775_808))
    check("18446744073709551615", .unsigned(.max))
    check("18446744073709551616", .number(18_446_744_073_709_551_616))
    check("-9223372036854775809", .number(-9_223_372_036_854_775_808))
    check("1.0", .number(1))
    check("-0", .number(-0.0))
  }

  @Test func readsNumbersOutsideADouble() {
    check("1e400", .number(.infinity))
    check("-1e400", .number(-.infinity))
    check("1e-400", .number(0))
    check("1\(String(repeating: "0", count: 400))e-5", .number(.infinity))
    check("0.\(String(repeating: "0", count: 900))1e500", .number(0))
    check("1e99999999999999999999", .number(.infinity))
    check("1e-99999999999999999999", .number(0))
    check("0e99999999999999999999", .number(0))
  }

  @Test func looksMembersUp() throws {
    let value = try JSONValue(parsing: Array(#"{"a":1,"b":[true,{"c":"d"}],"a":2,"n\u0061me":2.5,"z":null}"#.utf8))
    #expect(value["a"]?.int64 == 2)
    #expect(value["a"]?.uint64 == 2)
    #expect(value["a"]?.double == 2)
    #expect(value["b"]?.array?.first?.bool == true)
    #expect(value["b"]?.array?.last?["c"]?.string == "d")
    #expect(value["name"]?.double == 2.5)
    #expect(value["z"]?.isNull == true)
    #expect(value["x"] == nil)
    #expect(value.object?.count == 5)
    #expect(JSONValue.integer(-1).uint64 == nil)
    #expect(JSONValue.unsigned(.max).int64 == nil)
    #expect(JSONValue.string("1").int64 == nil)
  }

  @Test(arguments: [
    "", " ", "{", "}", "]", "[", "[1", "1]", "1,2", "1 2", "[1],[2]", "{\"a\"}", "{\"a\":}", "{\"a\":\"b\":1}", "[\"a\":1]",
    "{\"a\":1,}", "[1,]", "[,1]", "{\"a\":[}", "{\"a\":1]", "nul", "truee", "01", "1.", ".5", "-", "+1", "1e", "NaN",
    "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\x\"", "\"\\u12g4\"", "\"a", "\"\u{1}\"",
    "{\"\\q\":1}", "\u{0}", "{}\u{0}", "{1:2}", "\"a\"b", "1b", "[1]]", "[[1]",
  ])
  func refuses(_ text: String) { checkError(text, .malformed) }

  @Test func refusesWhatIsNoUTF8() {
    for bytes: [UInt8] in [[0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xfe]] {
      #expect(throws: JSONError.malformed) { try JSONValue(parsing: bytes) }
    }
  }

  @Test func limitsDepthAndLength() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSONValue(parsing: Array(nested(32).utf8)) }
    checkError(nested(33), .tooDeep(limit: 32))
    checkError(String(repeating: "[", count: 60_000), .tooDeep(limit: 32))
    checkError(nested(30_000), .tooDeep(limit: 32))
    checkError(String(repeating: "{\"a\":", count: 33) + "1" + String(repeating: "}", count: 33), .tooDeep(limit: 32))
    checkError(String(repeating: " ", count: 65_537), .tooLong(byteCount: 65_537, limit: 65_536))
    #expect(throws: Never.self) { try JSONValue(parsing: Array(String(repeating: " ", count: 65_535).utf8) + [0x31]) }
  }

  @Test func agreesWithTheJSONTestSuite() throws {
    for file in SharedData.files(in: "vectors/JSONTestSuite/test_parsing", suffix: ".json") {
      let bytes = try SharedData.bytes(file)
      let isValid = (try? JSONValue(parsing: bytes, byteLimit: 1 << 20)) != nil
      let name = file.lastPathComponent
      if name.hasPrefix("y_") { #expect(isValid, "\(name)") }
      if name.hasPrefix("n_") { #expect(!isValid, "\(name)") }
    }
  }

  /// The oracle is the C library's strtod.
  @Test(arguments: 0..<8 as Range<UInt64>) func readsLongDecimalsExactly(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_500 {
      let text = randomNumber(&random)
      let value = try JSONValue(parsing: Array(text.utf8))
      let expected = unsafe strtod(text, nil)
      #expect(value.double == expected, "seed \(seed): \(text)")
    }
  }

  private func randomNumber(_ random: inout SeededGenerator) -> String {
    func digits(_ range: ClosedRange<Int>) -> String {
      String((0..<Int.random(in: range, using: &random)).map { _ in Character("\(Int.random(in: 0...9, using: &random))") })
    }
    let whole = Bool.random(using: &random) ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(0...22)
    var text = (Bool.random(using: &random) ? "-" : "") + whole
    if Int.random(in: 0..<8, using: &random) > 0 { text += "." + digits(1...40) }
    if Int.random(in: 0..<3, using: &random) == 0 { text += "e\(Int.random(in: -330...300, using: &random))" }
    return text
  }
}
