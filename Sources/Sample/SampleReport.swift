import JSON
import Reports

/// One report before it is written as an event.
struct SampleReport {
  enum Source: String, CaseIterable {
    case app = "/porthaven/311/app"
    case phone = "/porthaven/311/phone"
    case utility = "/porthaven/utility"
  }

  /// How a malformed event is broken.
  enum Fault: CaseIterable {
    case cutOff, noTime, noSource, noID, noData, latitudeOutOfRange, tooManyKeywords, keywordsNotAnArray, timeNotAString
  }

  var source: Source
  var time: Timestamp
  /// When it reaches the stream, a little after its time.
  var arrival: Timestamp
  var place: Coordinate?
  var keyword: String
  var text: String
  var reporter: UInt32?
  var subject: String?
  var accuracyMeters: Int?
  var fault: Fault?

  /// The event as one line, with its line feed.
  func encode(id: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("type", "org.tocsin.report.v1")
    if fault != .noSource { writer.member("source", source.rawValue) }
    if fault != .noID { writer.member("id", id) }
    if fault == .timeNotAString {
      writer.member("time", time.microseconds / 1_000_000)
    } else if fault != .noTime {
      writer.member("time", time.description)
    }
    if let subject { writer.member("subject", subject) }
    if fault != .noData { encodeData(&writer) }
    writer.endObject()
    var line = writer.bytes
    if fault == .cutOff { line.removeLast(line.count / 3) }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  private func encodeData(_ writer: inout JSONWriter) {
    writer.key("data")
    writer.beginObject()
    if let place {
      writer.key("location")
      writer.beginObject()
      writer.member("type", "Point")
      writer.key("coordinates")
      writer.beginArray()
      writer.value(place.longitude)
      writer.value(fault == .latitudeOutOfRange ? place.latitude + 100 : place.latitude)
      writer.endArray()
      writer.endObject()
    }
    if fault == .keywordsNotAnArray {
      writer.member("keywords", keyword)
    } else {
      writer.key("keywords")
      writer.beginArray()
      writer.value(keyword)
      if fault == .tooManyKeywords { for number in 1...Limits.keywordCount { writer.value("\(keyword) \(number)") } }
      writer.endArray()
    }
    writer.member("text", text)
    if let reporter { writer.member("reporter", String(reporter, radix: 16)) }
    if let accuracyMeters { writer.member("accuracyMeters", accuracyMeters) }
    writer.endObject()
  }
}
