import Decode
import JSON
import Reports
import TestSupport
import Testing

/// What is kept of a refused event never says who reported it, however that is spelt and however broken it is.
@Suite struct EventRedactorTests {
  private static let secret = "b7e1-joe"

  /// One for all events of a test: a decoder is dear.
  private final class Decoding {
    var decoder: Decoder
    init() throws { decoder = try Decoder(DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0)) }

    func decode(_ body: [UInt8]) throws -> ReportBatch {
      var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 1), firstSequence: 1, receivedAt: receivedAt)
      try decoder.decode(body.span, format: .ndjson, expectedCount: 1, into: &batch)
      return batch
    }
  }

  private func raw(_ body: [UInt8], _ decoding: Decoding? = nil) throws -> [UInt8] {
    let batch = try (decoding ?? Decoding()).decode(body)
    try #require(batch.count == 1 && batch.rejections[0] != 0, "\(String(decoding: body, as: UTF8.self)) is refused")
    return Array(batch.arena[batch.raw(0).range])
  }

  private func check(_ text: String, _ expected: String, _ location: SourceLocation = #_sourceLocation) throws {
    #expect(String(decoding: try raw(Array(text.utf8)), as: UTF8.self) == expected, sourceLocation: location)
  }

  @Test func keepsWhatTheProtocolNamesAndNothingElse() throws {
    try check(
      event(
        ["specversion": "\"9\"", "subject": "\"t1\"", "email": "\"a@b\"", "n": "[1,{\"a\":2}]"], data: ["reporter": "\"joe\""]),
      #"{"specversion":"9","type":"org.tocsin.report.v1","source":"/boston/311","id":"1","time":"2015-02-10T13:05:00Z","#
        + #""data":{"location":{"type":"Point","coordinates":[-71.0589,42.3601]},"keywords":["snow"],"text":"Deep snow","reporter":""},"#
        + #""subject":"t1","email":"","n":[]}"#)
    try check(
      #" { "id" : 5 , "phone" : 6175551234, "is it joe?" : true, "data" : {"text":["joe"],"keywords":["a",7,{"joe":1}], "x":{"y":"z"}} } "#,
      #"{ "id" : 5 , "phone" : 0, "" : true, "data" : {"text":[],"keywords":["a",7,{}], "x":{}} }"#)
    try check(
      #"{"data":{"location":{"type":"Joe B.","coordinates":["joe",[1]],"name":"joe"},"accuracyMeters":"joe"}}"#,
      #"{"data":{"location":{"type":"","coordinates":["",[]],"name":""},"accuracyMeters":""}}"#)
  }

  /// A value of another form than the protocol has keeps its form, so that it is refused again for the same reason.
  @Test(arguments: [
    ("\"data\":\"{\\\"reporter\\\":\\\"joe\\\"}\"", "\"data\":\"\""), ("\"data_base64\":\"am9l\"", "\"\":\"\""),
    ("\"data\":[{\"reporter\":\"joe\"}]", "\"data\":[]"), ("\"reporter\":\"joe\"", "\"reporter\":\"\""),
  ])
  func blanksWhatHidesAReporter(_ member: String, _ expected: String) throws {
    // `data_base64` is a plain word of CloudEvents and stays; its value does not.
    try check("{\(member)}", "{\(expected.replacing("\"\":", with: "\"data_base64\":"))}")
  }

  @Test(arguments: [
    #""\u0072eporter""#, #""rep\u006Frter""#, #""\u0072\u0065\u0070\u006f\u0072\u0074\u0065\u0072""#, #""Reporter""#,
    #""REPORTER""#,
    #""reporter ""#, #""report\ter""#, #""reporter\u0000""#, #""réporter""#, #""rep\/orter""#,
  ])
  func blanksEverySpelling(_ name: String) throws {
    let decoding = try Decoding()
    for value in ["\"\(Self.secret)\"", "[\"\(Self.secret)\"]", "{\"\(Self.secret)\":{\"x\":\"\(Self.secret)\"}}"] {
      for body in [
        "{\"data\":{\(name):\(value),\"text\":\"t\"}}", "{\(name):\(value)}", "{\"data\":{\"reporter\":\"a\",\(name):\(value)}}",
        "{\"data\":{\"location\":{\(name):\(value)}}}", "{\"data\":{},\"data\":{\(name):\(value)}}",
        "{\"data\":{\"keywords\":[{\(name):\(value)}]}}", "{\"x\":[[{\(name):\(value)}]]}", "[{\(name):\(value)}]", value,
      ] {
        for end in 0...body.utf8.count {
          let broken = Array(body.utf8.prefix(end))
          guard broken.contains(where: { $0 > 32 }) else { continue }
          #expect(
            !String(decoding: try raw(broken, decoding), as: UTF8.self).contains("joe"),
            "\(String(decoding: broken, as: UTF8.self))")
        }
      }
    }
  }

  @Test func cutsWhereItBreaks() throws {
    try check(#"{"id":"a","data":{"text":"an "unescaped" quote","reporter":"joe"}}"#, #"{"id":"a","data":{"text":"an ""#)
    try check(#"{"id":"a" "reporter":"joe"}"#, #"{"id":"a" "#)
    try check(#"{"id":"a"} {"reporter":"joe"}"#, #"{"id":"a"}"#)
    try check(#"{"id":"a\x"}"#, #"{"id":"a"#)
    try check(#"{"id":"\ud800"}"#, #"{"id":""#)
    try check("joe", "")
    try check("reporter=joe", "")
    #expect(
      try raw(Array(#"{"data":{"text":"Stra"#.utf8) + [0xdf] + Array(#"e"}}"#.utf8)) == Array(#"{"data":{"text":"Stra"#.utf8))
    // UTF-16 hides its letters from whoever looks for bytes.
    #expect(try raw(Array(#"{"data":{"reporter":"joe"}}"#.utf8).flatMap { [$0, 0] }) == Array("{".utf8))
    #expect(try raw([0xef, 0xbb, 0xbf] + Array(event().utf8)) == [])
    let deep = String(repeating: "[", count: 40)
    try check("{\"id\":\"a\",\"x\":\(deep)", #"{"id":"a","x":"#)
  }

  @Test func staysWithinItsBounds() throws {
    let long = String(repeating: "x", count: Limits.eventByteCount)
    let kept = try raw(Array("{\"id\":\"a\",\"data\":{\"text\":\"\(long)\",\"reporter\":\"joe\"}}".utf8))
    #expect(kept.count <= Limits.eventByteCount)
    #expect(kept.starts(with: Array(#"{"id":"a","data":{"text":"#.utf8)))
    try check("{\"id\":\"a\",\"x\":\"\(long)\"}", #"{"id":"a","x":""}"#)
  }

  /// The oracle is the JSON module and a blanking of its values, in a few lines.
  private func blanked(_ value: JSONValue, _ path: String) -> JSONValue {
    switch (value, path) {
    case (.object(let members), "/"), (.object(let members), "/data"), (.object(let members), "/data/location"):
      return .object(
        members.map { member in
          let path = (path == "/" ? "" : path) + "/" + member.name
          let isKnown =
            ["specversion", "type", "source", "id", "subject", "time", "data"].contains(member.name)
            && path.count == member.name.count + 1
            || [
              "/data/text", "/data/keywords", "/data/location", "/data/accuracyMeters", "/data/location/type",
              "/data/location/coordinates",
            ]
            .contains(path)
          let isWord =
            member.name.utf8.count <= 32
            && member.name.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 32 || 48...57 ~= $0 || $0 == 95 }
          return .init(isKnown || isWord ? member.name : "", blanked(member.value, path))
        })
    case (.object, _): return .object([])
    case (.array(let values), "/data/keywords"), (.array(let values), "/data/location/coordinates"):
      return .array(values.map { blanked($0, path + "/") })
    case (.array, _): return .array([])
    case (.string(let text), "/data/location/type"): return .string(text == "Point" ? text : "")
    case (.string, "/specversion"), (.string, "/type"), (.string, "/source"), (.string, "/id"), (.string, "/subject"),
      (.string, "/time"),
      (.string, "/data/text"), (.string, "/data/keywords/"):
      return value
    case (.string, _): return .string("")
    case (.integer, _), (.unsigned, _), (.number, _):
      let stays = [
        "/specversion", "/type", "/source", "/id", "/subject", "/time", "/data/text", "/data/keywords/",
        "/data/location/coordinates/", "/data/accuracyMeters",
      ]
      return stays.contains(path) ? value : .integer(0)
    default: return value
    }
  }

  @Test(arguments: 0..<16 as Range<UInt64>) func whatIsKeptOfGoodJSONIsItsBlankedForm(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    func value(_ depth: Int) -> String {
      switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
      case 0: pick(["1", "-2.5", "0", "1e3"])
      case 1: pick(["true", "false", "null"])
      case 2, 3: pick(["\"joe\"", "\"\"", "\"Point\"", "\"\\u00e9\\n\"", "\"Zurück 水害\""])
      case 4: "[" + (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) }.joined(separator: ", ") + "]"
      default: object(depth + 1)
      }
    }
    func object(_ depth: Int) -> String {
      let names = [
        "id", "source", "time", "type", "data", "text", "keywords", "location", "coordinates", "accuracyMeters", "reporter",
        "subject",
        "x y", "unknown", "\\u0064ata", "te\\u0078t", "水", "",
      ]
      return "{"
        + (0..<Int.random(in: 0...5, using: &random)).map { _ in "\"\(pick(names))\" :\(value(depth))" }.joined(separator: ",")
        + "}"
    }
    let decoding = try Decoding()
    for _ in 0..<200 {
      let data = "{\"location\":\(value(1)),\"keywords\":\(value(1)),\"text\":\(value(2)),\"reporter\":\(value(1))}"
      let text =
        "{\"specversion\":\"9\",\"id\":\(value(2)),\"data\":\(Bool.random(using: &random) ? data : value(0)),\"x\":\(object(1))}"
      let kept = try raw(Array(text.utf8), decoding)
      #expect(try JSONValue(parsing: kept) == blanked(try JSONValue(parsing: Array(text.utf8)), "/"), "seed \(seed): \(text)")
    }
  }

  /// A few bytes changed anywhere: nothing of the reporter comes through, and what is kept is UTF-8.
  @Test(arguments: 0..<16 as Range<UInt64>) func mutationsLetNothingThrough(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let telling = Array("{}[]\",:\\ 0tn/u".utf8) + [0xff, 0xc3, 0, 1]
    let good = event(
      ["specversion": "\"9\"", "who": "{\"reporter\":\"joe\"}"], data: ["\\u0072eporter": "\"joe\"", "reporter": "\"joe\""])
    let decoding = try Decoding()
    for _ in 0..<500 {
      var body = Array(good.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<body.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: body[index] = telling[Int.random(in: 0..<telling.count, using: &random)]
        case 1: body.remove(at: index)
        default: body.insert(telling[Int.random(in: 0..<telling.count, using: &random)], at: index)
        }
      }
      let batch = try decoding.decode(body)
      for row in 0..<batch.count {
        let kept = String(validating: batch.arena[batch.raw(row).range], as: UTF8.self)
        #expect(kept.map { !$0.contains("joe") } == true, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
      }
    }
  }

  /// Canary: the events of these tests do hold what must not come through.
  @Test func theGuardCanFail() {
    #expect(event(data: ["reporter": "\"joe\""]).contains("joe"))
  }
}
