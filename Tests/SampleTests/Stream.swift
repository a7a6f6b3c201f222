import JSON
import Reports
import Sample

#if canImport(Glibc)
  import Glibc
#endif

/// A stream read back by rules of its own: nothing of the generator is used but its lines.
struct Stream: Sendable {
  struct Event: Sendable {
    var identity: String, time: Int64, keyword: String, place: (latitude: Double, longitude: Double)?, witness: String
    var reporter: String?
  }
  var good: [Event] = [], malformedCount = 0, duplicateCount = 0, placelessCount = 0
  /// How far behind the newest time so far an event came, in seconds.
  var greatestDisorder: Int64 = 0

  init(_ lines: [[UInt8]]) {
    var seen: [String: [UInt8]] = [:]
    var newest = Int64.min
    for line in lines {
      guard let event = Self.event(line) else {
        malformedCount += 1
        continue
      }
      if let old = seen.updateValue(line, forKey: event.identity) {
        duplicateCount += old == line ? 1 : 1_000_000
        continue
      }
      newest = max(newest, event.time)
      greatestDisorder = max(greatestDisorder, newest - event.time)
      if event.place == nil { placelessCount += 1 }
      good.append(event)
    }
  }

  /// The event of a line that keeps every rule of the wire; nil otherwise.
  static func event(_ line: [UInt8]) -> Event? {
    guard line.last == UInt8(ascii: "\n"), !line.dropLast().contains(UInt8(ascii: "\n")), line.count < 65_536,
      let value = try? JSONValue(parsing: line), value["specversion"]?.string == "1.0",
      value["type"]?.string == "org.tocsin.report.v1",
      let source = value["source"]?.string, source.hasPrefix("/porthaven/"), source.utf8.count <= 256,
      let id = value["id"]?.string, !id.isEmpty, id.utf8.count <= 256,
      let text = value["time"]?.string, let time = Timestamp(text), time.microseconds % 1_000_000 == 0,
      let data = value["data"], let words = data["keywords"]?.array, words.count == 1,
      let keyword = words[0].string, (1...64).contains(keyword.utf8.count),
      let body = data["text"]?.string, (1...4_096).contains(body.utf8.count)
    else { return nil }
    var place: (Double, Double)?
    if let location = data["location"] {
      guard location["type"]?.string == "Point", let pair = location["coordinates"]?.array, pair.count == 2,
        let longitude = pair[0].double, let latitude = pair[1].double, (44.0...44.5).contains(latitude),
        (-68.6...(-67.9)).contains(longitude)
      else { return nil }
      place = (latitude, longitude)
    }
    let reporter = data["reporter"]?.string
    let witness = reporter ?? value["subject"]?.string ?? "\(source) \(id)"
    return Event(
      identity: "\(source) \(id)", time: time.microseconds / 1_000_000, keyword: keyword, place: place, witness: witness,
      reporter: reporter)
  }

  /// Witnesses of each (keyword, cell of about 1 km, hour).
  func witnesses() -> [String: Set<String>] {
    var groups: [String: Set<String>] = [:]
    for event in good {
      guard let place = event.place else { continue }
      let row = Int((place.latitude * 111.195).rounded(.down))
      let column = Int((place.longitude * 111.195 * 0.7163).rounded(.down))
      groups["\(event.keyword)|\(row)|\(column)|\(event.time / 3_600)", default: []].insert(event.witness)
    }
    return groups
  }

  /// Whether an event belongs to an incident by keyword, time and place.
  static func belongs(_ event: Event, to incident: Incident) -> Bool {
    let second: Int64 = 1_000_000
    guard let place = event.place, event.keyword == incident.keyword,
      event.time >= incident.startsAt.microseconds / second, event.time <= incident.endsAt.microseconds / second
    else { return false }
    return meters(place, incident) <= 805
  }

  /// Flat-earth distance, good to a per mille here.
  static func meters(_ place: (latitude: Double, longitude: Double), _ incident: Incident) -> Double {
    let north = (place.latitude - incident.place.latitude) * 111_195
    let east = (place.longitude - incident.place.longitude) * 111_195 * cos(incident.place.latitude * .pi / 180)
    return (north * north + east * east).squareRoot()
  }
}
