import TestSupport

/// Makes events as producers might write them, each with a layout of its own, and spoils some of them.
struct EventGenerator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// How one producer writes: the order of members, what is between them, and what else there is.
  struct Layout {
    var root: [String]
    var data: [String]
    var location: [String]
    /// Behind an opening bracket or comma, and behind a colon.
    var space: String
    var colon: String
  }

  mutating func layout() -> Layout {
    var root = ["specversion", "type", "source", "id", "time", "data"]
    if chance(30) { root.append(one(of: ["subject", "dataschema", "x"])) }
    var data = ["location", "keywords", "text", "reporter"]
    if chance(30) { data.append(one(of: ["accuracyMeters", "unread", "text"])) }
    if chance(10) { data.removeFirst() }
    return Layout(
      root: root.shuffled(using: &random), data: chance(50) ? data.shuffled(using: &random) : data,
      location: chance(20) ? ["coordinates", "type"] : chance(5) ? ["bbox", "type", "coordinates"] : ["type", "coordinates"],
      space: one(of: ["", "", "", " ", "\t", "  "]), colon: one(of: ["", "", " "]))
  }

  mutating func event(_ layout: Layout) -> String { object(layout.root, layout) { $0.root($1, layout) } }

  private mutating func object(_ names: [String], _ layout: Layout, _ value: (inout Self, String) -> String) -> String {
    let members = names.map { "\"\($0)\"\(layout.colon):\(layout.colon)\(value(&self, $0))" }
    return "{\(layout.space)\(members.joined(separator: ",\(layout.space)"))\(layout.space)}"
  }

  private mutating func root(_ name: String, _ layout: Layout) -> String {
    switch name {
    case "specversion": chance(98) ? "\"1.0\"" : one(of: ["\"1.1\"", "\"\"", "1.0", "\"1\\u002e0\"", "null"])
    case "type": chance(98) ? "\"org.tocsin.report.v1\"" : one(of: ["\"org.tocsin.report.cancel.v1\"", "\"other\"", "7", "\"\""])
    case "source": string("/city/\(below(20))")
    case "id": string("\(below(1_000_000))")
    case "subject": chance(80) ? string("ticket \(below(100))") : "null"
    case "time":
      chance(95) ? "\"2015-02-1\(below(10))T1\(below(10)):05:0\(below(10))\(one(of: ["", ".5", ".123456"]))Z\"" : one(of: times)
    case "data": chance(98) ? object(layout.data, layout) { $0.data($1, layout) } : one(of: ["null", "{}", "[]", "{ }", "\"\""])
    default: unread(3)
    }
  }

  private let times = [
    "\"2015-02-10t13:05:60z\"", "\"2016-12-31T23:59:60Z\"", "\"2015-02-29T13:05:00Z\"", "\"2015-02-10T13:05:00+05:30\"",
    "\"2015-02-10T13:05:00.Z\"", "\"2015-02-10 13:05:00Z\"", "\"2099-01-01T00:00:00Z\"", "\"\"", "null",
    "\"0000-01-01T00:00:00Z\"",
    "\"2015-02-10T13:05:00.123456789-00:01\"", "\"2015-02-10T24:00:00Z\"", "\"2015\\u002d02-10T13:05:00Z\"",
    "\"2015-2-10T13:05:00Z\"",
  ]

  private mutating func data(_ name: String, _ layout: Layout) -> String {
    switch name {
    case "location":
      chance(95) ? object(layout.location, layout) { $0.location($1, layout) } : one(of: ["null", "{}", "[1,2]", "\"Point\""])
    case "keywords":
      chance(95)
        ? "[\((0..<below(chance(90) ? 4 : 20)).map { _ in keyword() }.joined(separator: ",\(layout.space)"))]"
        : one(of: ["null", "[ ]", "[1]", "{}", "[\"a\",]", "[null]"])
    case "text": chance(95) ? text() : "null"
    case "reporter": chance(95) ? string("r\(below(1_000))") : "null"
    case "accuracyMeters": chance(80) ? number("\(below(90))") : one(of: ["null", "-1", "\"3\"", "1e999"])
    default: unread(3)
    }
  }

  private mutating func location(_ name: String, _ layout: Layout) -> String {
    switch name {
    case "type": chance(97) ? "\"Point\"" : one(of: ["\"Polygon\"", "\"Po\\u0069nt\"", "null", "7"])
    case "coordinates":
      "[\(number("-\(below(185))")),\(layout.space)\(number("\(below(92))"))\(chance(5) ? one(of: [",12", ",1,2", ",", ",null"]) : "")]"
    default: unread(2)
    }
  }

  /// A number that begins as told.
  private mutating func number(_ whole: String) -> String {
    switch below(20) {
    case 0: whole
    case 1: whole + "." + String(repeating: "3", count: below(30))
    case 2: whole + one(of: ["e0", "E+0", "e-2", ".5e1", ".", "e", ".5.5", "-", "f", "e400", "e-400"])
    case 3: one(of: ["0\(whole)", "+\(whole)", "-", "-0", "0.0", "-0.0", "180", "90.0", "90.00000005", "NaN", "true", "1e2"])
    case 4: whole + "." + (0..<16).map { _ in "\(below(10))" }.joined()
    default: whole + "." + (0..<1 + below(7)).map { _ in "\(below(10))" }.joined()
    }
  }

  private mutating func keyword() -> String {
    chance(90)
      ? string("topic \(below(30))")
      : one(of: [
        "\"Ａ b\"", "\" a  B \"", "\"\"", "\"ß\"", "\"a\\nb\"", "\"\\u0061bc\"", "\"street lights\"", "\"it's\"",
        string(String(repeating: "y", count: 60 + below(10))),
      ])
  }

  private mutating func text() -> String {
    let words = [
      "water", "stands", "in", "the", "road", "Bäume", "木が倒れた", "don't", "7", "Main", "St.", "🌳", "e\u{301}", "\\\"so\\\"", "\\n",
      "\\u00e9t\\u00e9",
    ]
    return "\"\((0..<below(chance(95) ? 24 : 900)).map { _ in one(of: words) }.joined(separator: " "))\""
  }

  /// A string, now and then with an escape, of another script, or too long.
  private mutating func string(_ text: String) -> String {
    switch below(60) {
    case 0: "\"\\u002f\(text)\""
    case 1: "\"\(text)é\""
    case 2: "\"\(text)\(one(of: ["\\u0000", "\u{7f}", "\u{85}", "\\ud800", "\\ud83d\\ude00", "\\x", "\\/"]))\""
    case 3: chance(50) ? "\"\"" : "\"\(text)\(String(repeating: "x", count: 240 + below(20)))\""
    default: "\"\(text)\""
    }
  }

  private mutating func unread(_ depth: Int) -> String {
    switch below(depth > 0 ? 9 : 6) {
    case 0: "null"
    case 1: "true"
    case 2: number("\(below(10))")
    case 3: string("value")
    case 4: one(of: ["false", "nul", "tru", "{}", "[]", "[ ]", "{ }", "\"\\\"\"", "[1,]"])
    case 5: "\"application/json\""
    case 6: "[\(unread(depth - 1)) ,\(unread(depth - 1))]"
    case 7: "{\"a\":\(unread(depth - 1)), \"id\" : \(unread(depth - 1))}"
    default: String(repeating: "[", count: below(40)) + String(repeating: "]", count: below(40))
    }
  }

  /// Changes, leaves out, doubles or moves a few bytes.
  mutating func spoil(_ line: String) -> [UInt8] {
    var bytes = Array(line.utf8)
    let telling = Array("{}[]\",:\\ 019-.eEntfu/\u{1}\t\r".utf8) + [0xff, 0xc3, 0xe2, 0x80]
    for _ in 0..<1 + below(3) where !bytes.isEmpty {
      let index = below(bytes.count)
      switch below(6) {
      case 0: bytes[index] = one(of: telling)
      case 1: bytes[index] = UInt8(below(256))
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(one(of: telling), at: index)
      case 4: bytes.removeLast(1 + below(min(40, bytes.count)))
      default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 30)], at: index)
      }
    }
    return bytes
  }

  /// A body of lines in the layouts of a few producers, some of them spoilt.
  mutating func body(_ layouts: [Layout], count: Int, spoiltPercent: Int) -> [UInt8] {
    var body: [UInt8] = []
    for _ in 0..<count {
      let line = event(one(of: layouts))
      body += chance(spoiltPercent) ? spoil(line) : Array(line.utf8)
      body += chance(95) ? [0x0a] : Array(one(of: ["\r\n", " \n", "\n\n"]).utf8)
    }
    if chance(50) { body.removeLast() }
    return body
  }
}
