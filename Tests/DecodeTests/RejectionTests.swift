import Decode
import Reports
import Testing

@Suite struct RejectionTests {
  /// A rejected row has its source and id, where they are sound, its redacted JSON and nothing else; the good event that follows is untouched.
  func check(
    _ text: String, _ expected: Rejection?, source: String = "/boston/311", _ location: SourceLocation = #_sourceLocation
  ) {
    guard let batch = try? decode(text + "\n" + event(["id": "\"second\""])) else {
      Issue.record("not decoded: \(text)", sourceLocation: location)
      return
    }
    #expect(batch.rejectionList() == [expected, nil], "\(text.prefix(200))", sourceLocation: location)
    #expect(batch.isConsistent, sourceLocation: location)
    #expect(batch.string(batch.sources[0]) == source, sourceLocation: location)
    #expect(batch.keywordList(1) == ["snow"], sourceLocation: location)
    guard expected != nil else { return }
    let rest = "/boston/311second" + "Deep snow" + "snow"
    let kept = source.utf8.count + Int(batch.ids[0].length) + Int(batch.raws[0].length)
    #expect(batch.arena.count == kept + rest.utf8.count, "nothing else stays in the arena", sourceLocation: location)
  }

  private func quoted(_ count: Int) -> String { "\"" + String(repeating: "x", count: count) + "\"" }

  @Test(arguments: [
    "{", "}", "{\"a\":}", "{\"a\"}", "{,}", "{\"a\":1,}", "{\"a\":1}{}", "{} x", "{\"a\":\"b\":1}", "{\"a\":[}", "{\"a\":[{}",
    "{\"a\":{\"b\":{}", "{\"a\":tru}", "{\"a\":truex}", "{\"a\":nul}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":1e}",
    "{\"a\":+1}", "{\"a\":NaN}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\\u0041\"}",
    "{\"a\":\"\\udc00\"}", "{\"\\x\":1}", "{\"a\":'b'}", "x", "\u{0}", "{\"a\":\"\u{1}\"}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
    "{\"data\":{\"location\":{\"coordinates\":[1,,2]}}}", "{\"data\":{\"accuracyMeters\":1.}}", "{\"time\":\"\\ud800\"}",
    "{\"data\":{\"keywords\":[\"a\"\"b\"]}}", "{\"data\":{\"keywords\":[\"a\",]}}", "{\"id\":1x}",
  ])
  func namesMalformedJSON(_ text: String) { check(text, .malformedJSON, source: "") }

  @Test func namesMalformedJSONAfterTheSource() {
    check(String(event().dropLast()), .malformedJSON, source: "")
    check(event() + ",", .malformedJSON, source: "")
    check(event(["x": "\"\\ud800\""]), .malformedJSON, source: "")
  }

  @Test func namesWhatIsNoUTF8() throws {
    for bytes: [UInt8] in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]] {
      let body = Array(event(["x": "\"?\""]).utf8).split(separator: UInt8(ascii: "?")).joined(separator: bytes)
      #expect(try decode(Array(body)).rejectionList() == [.malformedJSON])
    }
  }

  @Test(arguments: ["[]", "[1]", "1", "\"a\"", "null", "true", "-1"])
  func namesWhatIsNoObject(_ text: String) { check(text, .notAnObject, source: "") }

  @Test func limitsNesting() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    check(event(["x": nested(31)]), nil)
    check(event(["x": nested(32)]), .tooDeep, source: "")
    check(event(["x": nested(30_000)]), .tooDeep, source: "")
    check(event(data: ["x": nested(30)]), nil)
    check(event(data: ["x": nested(31)]), .tooDeep, source: "")
    check(event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[1,2],\"x\":\(nested(29))}"]), nil)
    check(event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[1,2],\"x\":\(nested(30))}"]), .tooDeep, source: "")
    check(event(data: ["keywords": "[\(nested(30))]"]), .tooDeep, source: "")
  }

  @Test func limitsTheEvent() { check(event(["x": quoted(65_536)]), .eventTooLong, source: "") }

  @Test func namesDuplicates() {
    check(event(["\\u0069d": "\"2\""]), .duplicateMember)
    check(event(["specversi\\u006fn": "\"1.0\""]), .duplicateMember)
    check(event(["s\\u006furce": "\"/other\""]), .duplicateMember)
    check(event(["dat\\u0061": "{}"]), .duplicateMember)
    check(event(data: ["te\\u0078t": "\"\""]), .duplicateMember)
    check(event(data: ["location": #"{"type":"Point","coordinates":[1,2],"coordinates":[1,2]}"#]), .duplicateMember)
    check(event(["x": "{\"a\":1,\"a\":2}", "y": "1", "\\u0079": "1"]), nil)
  }

  @Test func namesMissingMembers() {
    check("{}", .missingSpecversion, source: "")
    check(event(["specversion": nil]), .missingSpecversion)
    check(event(["type": nil]), .missingType)
    check(event(["source": nil]), .missingSource, source: "")
    check(event(["source": "\"\""]), .missingSource, source: "")
    check(event(["id": nil]), .missingID)
    check(event(["id": "\"\""]), .missingID)
    check(event(["time": nil]), .missingTime)
    check(event(["data": nil]), .missingData)
    check(event(["data": "{}"]), .nothingToSay)
    check(event(data: ["text": nil, "keywords": nil]), .nothingToSay)
    check(event(data: ["text": #"" \n\t\u3000""#, "keywords": #"[""," "]"#]), .nothingToSay)
    check(event(data: ["text": #"" \u3000x""#, "keywords": "[]"]), nil)
    check(event(data: ["text": #"" ""#]), nil)
  }

  @Test func namesFaultsOfCancellations() {
    check(cancellation(["subject": nil]), .missingSubject)
    check(cancellation(["subject": "\"\""]), .missingSubject)
    check(cancellation(["subject": quoted(257)]), .subjectTooLong)
    check(cancellation(["id": nil]), .missingID)
    check(cancellation(["time": nil]), .missingTime)
    check(cancellation(["data": "1"]), .wrongType)
    check(cancellation(["data": #"{"location":{"type":"Point","coordinates":[1,91]}}"#]), .locationOutOfRange)
    check(cancellation(["type": "\"org.tocsin.report.cancel.v2\""]), .unknownType)
    #expect(Rejection.missingSubject.rawValue == 32)
  }

  @Test func namesOtherVersionsAndTypes() {
    check(event(["specversion": "\"1.1\""]), .unsupportedSpecversion)
    check(event(["specversion": "\"1.00\""]), .unsupportedSpecversion)
    check(event(["type": "\"org.tocsin.report.v2\""]), .unknownType)
  }

  @Test func namesWrongTypes() {
    for name in ["specversion", "type", "id", "time"] {
      for value in ["1", "null", "{}", "[]", "true"] { check(event(["\(name)": value]), .wrongType) }
    }
    check(event(["source": "1"]), .wrongType, source: "")
    check(event(["subject": "1"]), .wrongType)
    for value in ["1", "null", "[]", "\"x\""] { check(event(["data": value]), .wrongType) }
    check(event(data: ["text": "1"]), .wrongType)
    check(event(data: ["reporter": "{}"]), .wrongType)
    check(event(data: ["keywords": "\"snow\""]), .wrongType)
    check(event(data: ["keywords": "[\"snow\",null]"]), .wrongType)
    check(event(data: ["keywords": "{}"]), .wrongType)
  }

  @Test func limitsLengths() {
    check(event(["source": quoted(257)]), .sourceTooLong, source: "")
    check(event(["id": quoted(257)]), .idTooLong)
    check(event(["subject": quoted(257)]), .subjectTooLong)
    check(event(data: ["text": quoted(4097)]), .textTooLong)
    check(event(data: ["reporter": quoted(257)]), .reporterTooLong)
    check(event(data: ["keywords": "[\(quoted(65))]"]), .keywordTooLong)
    check(event(data: ["keywords": "[\"a\",\"  \(String(repeating: "x", count: 64))  \"]"]), nil)
    check(event(data: ["keywords": "[\(quoted(60_000))]"]), .keywordTooLong)
    let many = (0..<17).map { "\"a\($0)\"" }.joined(separator: ",")
    check(event(data: ["keywords": "[\(many)]"]), .tooManyKeywords)
    check(event(data: ["keywords": "[\"\u{fdfa}\u{fdfa}\"]"]), .keywordTooLong)
    check(event(data: ["keywords": "[\(Array(repeating: "\"\"", count: 9_000).joined(separator: ","))]"]), .tooManyKeywords)
  }

  @Test func namesMalformedTimes() {
    check(event(["time": "\"2015-02-10 13:05:00Z\""]), .malformedTime)
    check(event(["time": "\"2015-02-10T13:05:00\""]), .malformedTime)
    check(event(["time": "\"2015-02-30T13:05:00Z\""]), .malformedTime)
    check(event(["time": quoted(60_000)]), .malformedTime)
  }

  @Test func namesTimesAhead() {
    check(event(["time": "\"2033-05-18T03:34:20Z\""]), nil)
    check(event(["time": "\"2033-05-18T03:34:20.000001Z\""]), .timeAhead)
    check(event(["time": "\"9999-12-31T23:59:59Z\""]), .timeAhead)
  }

  @Test(arguments: [
    "1", "[]", "\"x\"", "{}", #"{"type":"Point"}"#, #"{"coordinates":[1,2]}"#, #"{"type":"LineString","coordinates":[1,2]}"#,
    #"{"type":1,"coordinates":[1,2]}"#, #"{"type":"Point","coordinates":null}"#, #"{"type":"Point","coordinates":[]}"#,
    #"{"type":"Point","coordinates":[1]}"#, #"{"type":"Point","coordinates":[1,2,3,4]}"#, #"{"type":"Point","coordinates":{}}"#,
    #"{"type":"Point","coordinates":["1",2]}"#, #"{"type":"Point","coordinates":[[1,2]]}"#,
    #"{"type":"Point","coordinates":[1,null]}"#,
  ])
  func namesMalformedLocations(_ location: String) { check(event(data: ["location": location]), .malformedLocation) }

  @Test(arguments: ["180.0000001,0", "-181,0", "0,90.1", "0,-91", "42.36,-171.06", "1e400,0", "0,-1e400"])
  func namesPlacesOutOfRange(_ position: String) {
    check(event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[\(position)]}"]), .locationOutOfRange)
  }

  @Test(arguments: ["180,90", "-180,-90", "1e-400,-0", "0,0,1e999"])
  func takesPlacesAtTheEdges(_ position: String) {
    check(event(data: ["location": "{\"type\":\"Point\",\"coordinates\":[\(position)]}"]), nil)
  }

  @Test(arguments: ["-1", "\"30\"", "1e400", "1e39", "[]", "true", "-0.0001"])
  func namesMalformedAccuracies(_ value: String) { check(event(data: ["accuracyMeters": value]), .malformedAccuracy) }

  @Test func namesControlCharacters() {
    check(event(["source": #""a\u0000""#]), .controlCharacter, source: "")
    check(event(["source": #""a\u009b""#]), .controlCharacter, source: "")
    check(event(["id": #""a\tb""#]), .controlCharacter)
    check(event(["subject": "\"a\u{7f}\""]), .controlCharacter)
    check(event(data: ["keywords": #"["snow","a\nb"]"#]), .controlCharacter)
    check(event(data: ["keywords": #"["snow","é\u0085b"]"#]), .controlCharacter)
    check(event(["id": "\"\u{a0}é\u{df}\""]), nil)
    check(event(data: ["text": #""a\u0000\n\u0085""#]), nil)
  }

  /// A syntax error weighs more than any fault, and the first fault more than the later ones.
  @Test func namesTheWeightiestFault() {
    check(event(["id": "1", "x": "tru"]), .malformedJSON, source: "")
    check(event(["id": "1", "time": nil]), .wrongType)
    check(event(["specversion": "\"2\"", "data": "{\"accuracyMeters\":\"x\"}"]), .malformedAccuracy)
  }
}
