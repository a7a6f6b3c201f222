import Configuration
import Testing

@Suite struct TOMLTests {
  /// The place and the beginning of the message of the one problem of a text that is no TOML.
  private func check(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try Configuration(parsing: text, file: "t.toml")
      Issue.record("expected an error", sourceLocation: sourceLocation)
    } catch {
      #expect(error.problems.count == 1, sourceLocation: sourceLocation)
      #expect(error.description.hasPrefix("t.toml:" + expected), "\(error)", sourceLocation: sourceLocation)
    }
  }

  @Test func syntaxErrorsHaveAPlace() {
    check("version = 1\n[cluster\n", "2:9: not valid TOML: ")
    check("version = 1\nversion = 1\n", "2:11: not valid TOML: ")
    check("version = \"\n", "1:13: not valid TOML: ")
    check("version == 1", "1:10: not valid TOML: ")
    check("version = 1\nkey = \"a\u{1}b\"", "2:9: not valid TOML: ")
  }

  /// toml++ takes for granted what these texts do not hold.
  @Test func textsThatBreakTheParsersAssumptionsAreErrorsWithALine() {
    check("version = 1\n\n[,\n[cluster]\n", "3:1: not valid TOML: this line is malformed")
    check("version = 1\n[\n", "2:1: not valid TOML: this line is malformed")
    check("version = 1\n[#", "2:1: not valid TOML: this line is malformed")
    check("version = é1\n", "1:11: not valid TOML: only strings and comments")
    check("# é\nx = \"\"\"é\"\"\"\"\" é\n", "2:15: not valid TOML: only strings and comments")
    check("x = 'é' é\n", "1:9: not valid TOML: only strings and comments")
  }

  @Test func sizeAndDepthAreBounded() {
    check(String(repeating: " ", count: 1 << 20 + 1), "1:1: not valid TOML: the text is too long")
    check("a = " + String(repeating: "[", count: 17), "1:21: not valid TOML: brackets are nested too deeply")
    check("a = " + String(repeating: "{a=", count: 17), "1:53: not valid TOML: brackets are nested too deeply")
    check(String(repeating: "a.", count: 5_000) + "a = 1", "1:32: not valid TOML: a key has too many parts")
    check("[" + String(repeating: "a . ", count: 500) + "a]", "1:64: not valid TOML: a key has too many parts")
    check(String(repeating: "'a'.", count: 500) + "a = 1", "1:64: not valid TOML: a key has too many parts")
    check(String(repeating: "k", count: 257) + " = 1", "1:1: not valid TOML: a key is too long")
    check("a = [\(String(repeating: "1,", count: 20_000))]", "1:32772: not valid TOML: too many keys and values")
  }

  @Test func dotsAndBracketsInStringsAndCommentsDoNotCount() throws {
    let dots = String(repeating: ".[{", count: 40)
    _ = try Configuration(parsing: "# \(dots)\nversion = 1 # \(dots)", file: "t.toml")
    for value in ["\"\(dots)\"", "'\(dots)'", "\"\"\"\n\(dots)\"\n\"\"\"", "'''\n\(dots)'\n'''", "\"\\\"\(dots)\""] {
      check("version = 1\nx = \(value)", "2:1: x: unknown key")
    }
  }

  /// No text may end the process: the faults of random edits are all errors.
  @Test(arguments: 0..<8 as Range<UInt64>) func damagedFilesGiveErrors(seed: UInt64) {
    let original =
      Array(Configuration.default.rendered().utf8) + Array("\nx = [1, {a = \"\\u00e9\"}, 1979-05-27T07:32:00Z]\n".utf8)
    let interesting = Array("[]{}.=,\"'#\\\n\r\t ue0_+-:TZ\0\u{1b}é".utf8) + [0xff, 0xc0, 0xed, 0xa0]
    var state = seed &+ 1
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    for _ in 0..<1_000 {
      var bytes = original
      for _ in 0...random(6) {
        let index = random(bytes.count)
        switch random(4) {
        case 0: bytes[index] = interesting[random(interesting.count)]
        case 1: bytes.insert(interesting[random(interesting.count)], at: index)
        case 2: bytes.remove(at: index)
        default: bytes.replaceSubrange(index..., with: bytes[random(index + 1)...])
        }
        if bytes.isEmpty { bytes = original }
      }
      _ = try? Configuration(parsing: String(decoding: bytes, as: UTF8.self), file: "seed \(seed)")
    }
  }
}
