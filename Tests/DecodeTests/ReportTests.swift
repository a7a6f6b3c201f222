import Decode
import Reports
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
    var hash = SipHash(key: reporterKey, compressionRounds: 2, finalizationRounds: 4)
    hash.combine((Array("/boston/311".utf8) + [0xff] + Array("b7eone".utf8)).span)
    #expect(batch.reporters == [hash.finish()])
    #expect(!String(decoding: batch.arena, as: UTF8.self).contains("b7"))
    #expect(try decode(event()).reporters == [0])
    #expect(try decode(event(data: ["reporter": #""""#])).reporters == [0])
    let other = try decode(event(["source": #""/other""#], data: ["reporter": #""b7eone""#]))
    #expect(other.reporters != batch.reporters)
  }

  @Test func takesNullForAbsent() throws {
    let batch = try decode(
      event(
        ["subject": "null"], data: ["location": "null", "text": "null", "reporter": "null", "accuracyMeters": "null"])
        + "\n" + event(data: ["keywords": "null"]))
    #expect(batch.rejectionList() == [nil, nil])
    #expect(batch.longitudes[0] == ReportBatch.nowhere)
    #expect(batch.texts[0] == .empty)
    #expect(batch.keywordList(1) == [])
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
    #expect(stored == "/boston/3111Deep snow".utf8.count + "snowiceschnee ist".utf8.count)
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
