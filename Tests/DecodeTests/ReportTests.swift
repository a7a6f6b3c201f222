import Decode
import Reports
import Terms
import Testing

@Suite struct ReportTests {
  @Test func readsEveryMember() throws {
    let batch = try decode(
      event(
        ["subject": #""ticket 7""#],
        data: ["keywords": #"["Snow"," unshoveled   Sidewalk "]"#, "reporter": #""b7e1""#, "accuracyMeters": "30.5"]))
    #expect(batch.rejectionList() == [nil])
    #expect(batch.isConsistent)
    #expect(batch.times == [Timestamp("2015-02-10T13:05:00Z")])
    #expect(batch.latitudes == [423_601_000])
    #expect(batch.longitudes == [-710_589_000])
    #expect(batch.accuracies == [30.5])
    #expect(batch.string(batch.sources[0]) == "/boston/311")
    #expect(batch.string(batch.ids[0]) == "1")
    #expect(batch.string(batch.subjects[0]) == "ticket 7")
    #expect(batch.string(batch.texts[0]) == "Deep snow")
    #expect(batch.keywordList(0) == ["snow", "unshoveled sidewalk"])
  }

  @Test func hashesTheReporterAndForgetsIt() throws {
    let batch = try decode(event(data: ["reporter": #""b7\u0065one""#]))
    // 1,423,573,500 s lie in the 549th period of thirty days.
    #expect(batch.reporters == [hashed("b7eone", period: 549)])
    #expect(!String(decoding: batch.arena, as: UTF8.self).contains("b7"))
    #expect(try decode(event()).reporters == [0])
    #expect(try decode(event(data: ["reporter": #""""#])).reporters == [0])
    let other = try decode(event(["source": #""/other""#], data: ["reporter": #""b7eone""#]))
    #expect(other.reporters != batch.reporters)
  }

  private func hashed(_ reporter: String, period: Int64) -> UInt64 {
    var secret = SipHash(key: reporterKey, compressionRounds: 2, finalizationRounds: 4, wide: true)
    secret.combine(UInt64(bitPattern: period))
    let (first, second) = secret.finish128()
    var hash = SipHash(key: SipHash.Key(first: first, second: second), compressionRounds: 2, finalizationRounds: 4)
    hash.combine((Array("/boston/311".utf8) + [0xff] + Array(reporter.utf8)).span)
    return hash.finish()
  }

  @Test func changesTheReportersKeyWithThePeriod() throws {
    let times = [
      ("1969-12-31T23:59:59Z", -1), ("1970-01-01T00:00:00Z", 0), ("1970-01-30T23:59:59.999999Z", 0), ("1970-01-31T00:00:00Z", 1),
      ("1970-01-01T00:00:00Z", 0), ("2015-02-10T13:05:00Z", 549),
    ]
    let body = times.map { event(["time": "\"\($0.0)\""], data: ["reporter": #""r""#]) }.joined(separator: "\n")
    #expect(try decode(body).reporters == times.map { hashed("r", period: Int64($0.1)) })
    #expect(Set(try decode(body).reporters).count == 4)
    var decoder = try Decoder(
      DecodeSettings(reporterKey: reporterKey, maximumSkewAheadMicroseconds: 0, reporterRotationDays: 1))
    var batch = ReportBatch(producer: [], epoch: Epoch(high: 0, low: 0), firstSequence: 1, receivedAt: receivedAt)
    decoder.decodeLine(Array(event(["time": "\"1970-01-04T12:00:00Z\""], data: ["reporter": #""r""#]).utf8).span, into: &batch)
    #expect(batch.reporters == [hashed("r", period: 3)])
  }

  @Test func takesNullForAbsent() throws {
    let batch = try decode(
      event(
        ["subject": "null"], data: ["location": "null", "text": "null", "reporter": "null", "accuracyMeters": "null"])
        + "\n" + event(data: ["keywords": "null"]))
    #expect(batch.rejectionList() == [nil, nil])
    #expect(batch.longitudes[0] == ReportBatch.nowhere)
    #expect(batch.texts[0] == .empty)
    #expect(batch.keywordList(1) == ["deep", "snow"])
    #expect(batch.flags[1] == .termsFromText)
  }

  @Test func unescapesNamesAndValues() throws {
    let text = event(
      ["source": nil, "s\\u006furce": #""\/b\u00f6\ud83d\ude00""#], data: ["t\\u0065xt": #""a\n\"b\"""#, "text": nil])
    let batch = try decode(text)
    #expect(batch.rejectionList() == [nil])
    #expect(batch.string(batch.sources[0]) == "/bö😀")
    #expect(batch.string(batch.texts[0]) == "a\n\"b\"")
  }

  @Test func takesTheAltitudeAndUnknownMembers() throws {
    let batch = try decode(
      event(
        ["recordedtime": #""x""#, "list": "[1,[2,{}],-0.0e-5,true,false,null]"],
        data: ["location": #"{"bbox":[1],"coordinates":[1,2,3],"type":"Po\u0069nt"}"#, "Text": "{}"]))
    #expect(batch.rejectionList() == [nil])
    #expect(batch.longitudes == [10_000_000])
    #expect(batch.latitudes == [20_000_000])
  }

  @Test func keepsDistinctKeywordsOnly() throws {
    let batch = try decode(event(data: ["keywords": #"["Snow","","SNOW "," ","ice","Schnee\u2003ist","schnee ist"]"#]))
    #expect(batch.keywordList(0) == ["snow", "ice", "schnee ist"])
    let stored = batch.arena.count
    #expect(stored == "/boston/3111Deep snow".utf8.count + "snowiceschnee ist".utf8.count, "keys are the forms' own bytes")
  }

  @Test func keysKeywordsByStem() throws {
    let batch = try decode(event(data: ["keywords": #"["Street light outages","street light outage","ＩＣＥ"]"#]))
    #expect(batch.keywordList(0) == ["street light outages", "ice"])
    #expect(batch.keyList(0) == ["street light outag", "ice"])
    #expect(batch.flags == [[]])
  }

  @Test func takesTermsFromTextAlone() throws {
    let text = event(data: ["text": #""Two trees down, TREE on 5 wires""#, "keywords": #"[" "]"#])
    let batch = try decode(text + "\n" + event() + "\n" + event(data: ["text": #""!""#, "keywords": nil]))
    #expect(batch.rejectionList() == [nil, nil, nil])
    #expect(batch.isConsistent)
    #expect(batch.flags == [.termsFromText, [], []])
    #expect(batch.keywordList(0) == ["two", "trees", "down", "on", "wires"])
    #expect(batch.keyList(0) == ["two", "tree", "down", "on", "wire"])
    #expect(batch.keywordList(1) == ["snow"])
    #expect(batch.keywordList(2) == [])
  }

  @Test func fingerprintsTexts() throws {
    let batch = try decode(
      [
        event(data: ["text": #""Tree down at 12 Oak St""#]), event(data: ["text": #""TREE down at 14 oak st.""#]),
        event(data: ["text": #""Water main break""#, "keywords": nil]), event(data: ["text": nil]),
      ].joined(separator: "\n"))
    #expect(batch.simHashes[0] == batch.simHashes[1])
    #expect(SimHash.distance(batch.simHashes[0], batch.simHashes[2]) > 10)
    #expect(batch.simHashes[3] == 0)
  }

  @Test func takesCancellations() throws {
    let data = #"{"text":"Withdrawn","location":{"type":"Point","coordinates":[1,2]},"keywords":["snow"],"reporter":"r"}"#
    let batch = try decode(cancellation() + "\n" + cancellation(["data": data]) + "\n" + event())
    #expect(batch.rejectionList() == [nil, nil, nil])
    #expect(batch.isConsistent)
    #expect(batch.flags == [.cancellation, .cancellation, []])
    #expect(batch.string(batch.subjects[0]) == "ticket 7")
    #expect(batch.keywordRange(0).isEmpty && batch.keywordRange(1).isEmpty)
    #expect(batch.longitudes == [ReportBatch.nowhere, 10_000_000, -710_589_000])
    #expect(batch.string(batch.texts[1]) == "Withdrawn")
    #expect(batch.reporters[1] != 0 && batch.simHashes[1] != 0)
  }

  @Test func takesWhatStandsAtALimit() throws {
    func text(_ count: Int) -> String { "\"" + String(repeating: "é", count: count / 2) + "\"" }
    let words = (0..<16).map { "\"\(String(repeating: "x", count: 62))\($0 + 10)\"" }.joined(separator: ",")
    let batch = try decode(
      event(
        ["source": text(256), "id": text(256), "subject": text(256), "time": #""2033-05-18T03:34:20Z""#],
        data: ["text": text(4096), "reporter": text(256), "keywords": "[\(words)]", "accuracyMeters": "0"]))
    #expect(batch.rejectionList() == [nil])
    #expect(batch.isConsistent)
    #expect(batch.keywordList(0).count == 16)
  }

  @Test func takesEventsUpToTheLimit() throws {
    let padding = Limits.eventByteCount - event().utf8.count
    let whole = event() + String(repeating: " ", count: padding)
    #expect(try decode(whole).rejectionList() == [nil])
    #expect(try decode(whole + " ").rejectionList() == [.eventTooLong])
    #expect(try decode("[" + whole + "," + event() + "]", .cloudEventsBatch).rejectionList() == [nil, nil])
    #expect(try decode("[ " + whole + "," + event() + "]", .cloudEventsBatch).rejectionList() == [.eventTooLong, nil])
  }
}
