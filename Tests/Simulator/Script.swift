import Reports
import TestSupport

/// One event of a run, as the simulator knows it: nothing of the code under test has a say in this.
struct ScriptedEvent {
  enum Kind {
    /// Nobody else has its source and id.
    case unique
    /// Somebody else may publish the very same event.
    case copied
    /// Somebody else may publish other content under the same source and id.
    case contested
    /// It lacks its time.
    case malformed
  }

  var kind: Kind
  var source: String
  var id: String
  var text: String
  var line: String

  var key: String { source + "\n" + id }
}

/// What the producers of a run publish.
enum Script {
  /// When the events happen, at the earliest; they lie in the five hours after it, so that none is late.
  static let begin = Timestamp(microseconds: 1_767_225_600_000_000)
  private static let spanSeconds = 5 * 3_600
  private static let keywords = ["snow", "pothole", "outage", "flood"]

  static func events(_ weather: Weather, _ random: inout SeededGenerator) -> [[ScriptedEvent]] {
    var shared: [ScriptedEvent] = []
    return (0..<weather.producerCount).map { producer in
      (0..<weather.eventCount).map { index in
        let id = "\(producer)-\(index)"
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<8:
          if !shared.isEmpty, random.happens(700), let event = shared.randomElement(using: &random) { return event }
          shared.append(event(.copied, source: "/copied", id: id, &random))
          return shared[shared.count - 1]
        case 8..<14: return event(.contested, source: "/contested", id: "\(Int.random(in: 0..<6, using: &random))", &random)
        case 14..<19: return event(.malformed, source: "/malformed", id: id, &random)
        default: return event(.unique, source: "/city/\(Int.random(in: 0..<3, using: &random))", id: id, &random)
        }
      }
    }
  }

  private static func event(
    _ kind: ScriptedEvent.Kind, source: String, id: String, _ random: inout SeededGenerator
  ) -> ScriptedEvent {
    let seconds = Int64.random(in: 0..<Int64(spanSeconds), using: &random)
    let time = Timestamp(microseconds: begin.microseconds + seconds * 1_000_000)
    let keyword = keywords.randomElement(using: &random) ?? "snow"
    let longitude = "-71.0\(Int.random(in: 50...59, using: &random))"
    let latitude = "42.35\(Int.random(in: 0...9, using: &random))"
    let text = "report \(id) \(random.next() % 1_000)"
    let member = kind == .malformed ? "" : "\"time\":\"\(time)\","
    let line =
      "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"\(source)\",\"id\":\"\(id)\",\(member)"
      + "\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[\(longitude),\(latitude)]},\"keywords\":[\"\(keyword)\"],"
      + "\"text\":\"\(text)\",\"reporter\":\"r\(random.next() % 20)\"}}\n"
    return ScriptedEvent(kind: kind, source: source, id: id, text: text, line: line)
  }
}
