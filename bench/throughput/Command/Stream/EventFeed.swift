import Reports
import Statistics
import Study

/// A seeded stream of events in the wire's JSON, one a line, made one after the other: it holds what it may send again and no more.
///
/// Two keywords an event, some 310 bytes a line. Times go on evenly, five minutes to and fro.
struct EventFeed {
  private static let spotCount = 2_048
  private static let jitterMicroseconds = 300_000_000
  /// An event that comes again is one of so many that came last.
  private static let memory = 4_096
  /// Where every event brings two new keywords, so many of a source: it may bring a thousand a day.
  private static let eventsOfSource = 500

  let settings: StreamSettings
  private var random: Random
  private let spots: [(latitude: Int, longitude: Int)]
  private var texts: [[UInt8]] = []
  private var number = 0
  /// The last lines, the one of event n at n modulo their count.
  private var lines: [[UInt8]]

  init(_ settings: StreamSettings) {
    self.settings = settings
    var random = Random(seed: settings.seed)
    spots = (0..<Self.spotCount).map { _ in (4_220_000 + random.below(40_000), -7_120_000 + random.below(50_000)) }
    self.random = random
    lines = Array(repeating: [], count: Self.memory + 1)
    texts = (0..<64).map { _ in makeText() }
  }

  /// Appends the next event's line.
  mutating func append(to bytes: inout [UInt8]) {
    let start = bytes.count
    if number > Self.memory, random.below(1_000) < settings.duplicatePerMille {
      appendAgain(to: &bytes)
    } else if number > Self.memory, settings.conflictPerMille > 0, random.below(1_000) < settings.conflictPerMille {
      appendAgain(to: &bytes)
      Self.replace("\"reporter\":\"r", with: "\"reporter\":\"s", in: &bytes, from: start)
    } else {
      make(number, into: &bytes)
      if number * settings.malformedPerMille % 1_000 < settings.malformedPerMille { Self.spoil(number, &bytes, from: start) }
    }
    let place = number % lines.count
    lines[place].removeAll(keepingCapacity: true)
    lines[place] += bytes[start...]
    number += 1
  }

  // MARK: One event

  /// Appends one of the last lines.
  private mutating func appendAgain(to bytes: inout [UInt8]) {
    bytes += lines[(number - 1 - random.below(Self.memory)) % lines.count]
  }

  private mutating func makeText() -> [UInt8] {
    let words = [
      "water", "stands", "in", "the", "road", "near", "bridge", "since", "morning", "smoke", "over", "roofs", "light", "out",
    ]
    return Array((0..<9).map { _ in words[random.below(words.count)] }.joined(separator: " ").utf8)
  }

  /// A rank below a count: even, or as often as one over it says (by inversion of the continuous law).
  private mutating func rank(below count: Int) -> Int {
    guard settings.skew != .uniform else { return random.below(count) }
    return min(count - 1, Int(Elementary.exp(random.unit() * Elementary.log(Double(count + 1)))) - 1)
  }

  private mutating func place() -> (latitude: Int, longitude: Int) {
    switch settings.skew {
    case .uniform: return (4_220_000 + random.below(40_000), -7_120_000 + random.below(50_000))
    case .hot where random.below(2) == 0: return (4_240_050 + random.below(100), -7_100_050 + random.below(100))
    case .zipf, .hot:
      let spot = spots[rank(below: Self.spotCount)]
      return (spot.latitude + random.below(400) - 200, spot.longitude + random.below(400) - 200)
    }
  }

  private mutating func make(_ number: Int, into bytes: inout [UInt8]) {
    let span = Int64(settings.hours * 3_600_000_000)
    let jitter = Int64(random.below(2 * Self.jitterMicroseconds) - Self.jitterMicroseconds)
    let offset = Int64(Double(span) * Double(number) / Double(settings.eventCount)) + jitter
    let isLate = number > Self.memory && settings.latePerMille > 0 && random.below(1_000) < settings.latePerMille
    let delay: Int64 = isLate ? 86_400_000_000 : 0
    let time = Timestamp(microseconds: (EventStream.start + 3_600) * 1_000_000 + offset - delay).description
    var (latitude, longitude) = place()
    var first = rank(below: settings.keywordCount)
    var second = (first + 1 + rank(below: settings.keywordCount - 1)) % settings.keywordCount
    var source = random.below(16)
    switch settings.subject {
    case .skewed: break
    case .one:
      (latitude, longitude, first, second) = (4_240_050 + latitude % 100, -7_100_050 + Int(longitude.magnitude % 100), 0, 1)
    case .different:
      (latitude, longitude) = Self.apart(number)
      (first, second, source) = (2 * number, 2 * number + 1, number / Self.eventsOfSource)
    }
    let reporter = random.below(1_000_000)
    let text = texts[random.below(texts.count)]
    let layout = settings.layout == .varied ? random.below(8) : 0
    let space = layout % 4 == 3 ? " " : ""
    let root = [
      "\"specversion\":\(space)\"1.0\"", "\"type\":\(space)\"org.tocsin.report.v1\"",
      "\"source\":\(space)\"\(settings.naming == .counted ? "/bench/\(source)" : "/bench/adversary")\"",
      "\"id\":\(space)\"\(settings.naming == .counted ? "\(number)" : Self.adversarialID(number))\"",
      "\"time\":\(space)\"\(time)\"",
    ]
    let point = "\"location\":{\"type\":\"Point\",\"coordinates\":[\(degrees(longitude)),\(degrees(latitude))]}"
    let escape = layout == 5 ? "\\u0074opic" : "topic"
    var data = [
      point, "\"keywords\":[\"\(escape) \(first)\",\(space)\"topic \(second)\"]",
      "\"text\":\"\(String(decoding: text, as: UTF8.self))\"", "\"reporter\":\"r\(reporter)\"",
    ]
    if layout == 6 { data.append("\"unread\":[1,{\"a\":null}]") }
    let members = layout % 2 == 0 ? root : root.reversed()
    if layout > 1 { data.append(data.removeFirst()) }
    if settings.layout == .many { return Self.append(number % 256, root, data, to: &bytes) }
    bytes += "{\(members.joined(separator: ","))\(space),\"data\":{\(data.joined(separator: ","))}}\n".utf8
  }

  /// One of many places of which no two lie in neighbouring cells.
  private static func apart(_ number: Int) -> (latitude: Int, longitude: Int) {
    (-5_000_000 + number / 10_000 * 3_000, -17_900_000 + number % 10_000 * 3_500)
  }

  /// Sixteen hexadecimal digits: a number that is counted up, in the low bits or above them.
  private static func adversarialID(_ number: Int) -> String {
    let digits = String(number % 2 == 0 ? number : number << 32, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Appends the members in one of 256 layouts: 64 orders, each with white space in four ways.
  private static func append(_ layout: Int, _ root: [String], _ data: [String], to bytes: inout [UInt8]) {
    var rest = root + ["\"data\":{\(data.joined(separator: ","))}"]
    var members: [String] = []
    var order = layout % 64
    while !rest.isEmpty {
      let count = rest.count
      members.append(rest.remove(at: order % count))
      order /= count
    }
    let (comma, end) = (layout / 64 % 2 == 0 ? "," : ", ", layout / 128 == 0 ? "" : " ")
    bytes += "{\(members.joined(separator: comma))\(end)}\n".utf8
  }

  /// Writes something else where a text stands first, if it does.
  private static func replace(_ text: String, with other: String, in bytes: inout [UInt8], from start: Int) {
    let pattern = Array(text.utf8)
    guard
      let index = (start..<bytes.count - pattern.count).first(where: { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) })
    else { return }
    bytes.replaceSubrange(index..<index + pattern.count, with: other.utf8)
  }

  /// Spoils the event that was appended last, in one of five ways.
  private static func spoil(_ number: Int, _ bytes: inout [UInt8], from start: Int) {
    switch number / 10 % 5 {
    case 0: bytes.removeLast(1 + (number / 50 % 6 + 1) * 40)
    case 1: bytes.removeLast(4)
    case 2: replace("Z\"", with: "\"", in: &bytes, from: start)
    case 3: replace("\"source\":\"", with: "\"source\":7,\"x\":\"", in: &bytes, from: start)
    default: replace("\"Point\"", with: "Point", in: &bytes, from: start)
    }
    if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
  }

  /// A number of 10⁻⁵ degrees.
  private func degrees(_ value: Int) -> String {
    let digits = String(value.magnitude % 100_000)
    return "\(value < 0 ? "-" : "")\(value.magnitude / 100_000).\(String(repeating: "0", count: 5 - digits.utf8.count))\(digits)"
  }
}
