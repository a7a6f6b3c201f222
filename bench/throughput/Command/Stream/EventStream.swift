import Reports
import Statistics
import Study

/// A seeded stream of events in the wire's JSON, one a line, cut into batches; all of it in memory before anything is timed.
///
/// Two keywords an event, some 310 bytes a line. Times go on evenly, five minutes to and fro.
struct EventStream {
  /// 1 January 2025, 00:00 UTC, in seconds.
  static let start: Int64 = 1_735_689_600
  /// What may be read behind a body: simdjson looks ahead.
  static let paddingByteCount = 64

  private static let spotCount = 2_048
  private static let jitterMicroseconds = 300_000_000
  /// An event that comes again is one of so many that came last.
  private static let memory = 4_096

  let settings: StreamSettings
  private(set) var bytes: [UInt8] = []
  /// Where each line ends, behind its line feed.
  private(set) var ends: [Int] = []

  private var random: Random
  private let spots: [(latitude: Int, longitude: Int)]
  private var texts: [[UInt8]] = []

  init(_ settings: StreamSettings) {
    self.settings = settings
    var random = Random(seed: settings.seed)
    spots = (0..<Self.spotCount).map { _ in (4_220_000 + random.below(40_000), -7_120_000 + random.below(50_000)) }
    self.random = random
    texts = (0..<64).map { _ in makeText() }
    bytes.reserveCapacity(settings.eventCount * 336 + Self.paddingByteCount)
    ends.reserveCapacity(settings.eventCount)
    for number in 0..<settings.eventCount {
      if number > Self.memory, self.random.below(1_000) < settings.duplicatePerMille {
        let other = number - 1 - self.random.below(Self.memory)
        // Copied first: to append what is still shared would copy all that there is.
        let line = Array(bytes[(other == 0 ? 0 : ends[other - 1])..<ends[other]])
        bytes += line
      } else {
        append(number)
        if number * settings.malformedPerMille % 1_000 < settings.malformedPerMille { spoil(number) }
      }
      ends.append(bytes.count)
    }
    for _ in 0..<Self.paddingByteCount { bytes.append(UInt8(ascii: " ")) }
  }

  var count: Int { ends.count }
  var byteCount: Int { ends.last ?? 0 }

  /// The events of each batch of at most `size`.
  func batches(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Where the lines of some events stand in `bytes`.
  func range(_ events: Range<Int>) -> Range<Int> {
    (events.lowerBound == 0 ? 0 : ends[events.lowerBound - 1])..<(events.isEmpty ? 0 : ends[events.upperBound - 1])
  }

  // MARK: One event

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

  private mutating func append(_ number: Int) {
    let span = Int64(settings.hours * 3_600_000_000)
    let jitter = Int64(random.below(2 * Self.jitterMicroseconds) - Self.jitterMicroseconds)
    let offset = Int64(Double(span) * Double(number) / Double(settings.eventCount)) + jitter
    let time = Timestamp(microseconds: (Self.start + 3_600) * 1_000_000 + offset).description
    let (latitude, longitude) = place()
    let first = rank(below: settings.keywordCount)
    let second = (first + 1 + rank(below: settings.keywordCount - 1)) % settings.keywordCount
    let source = random.below(16)
    let reporter = random.below(1_000_000)
    let text = texts[random.below(texts.count)]
    let layout = settings.layout == .varied ? random.below(8) : 0
    let space = layout % 4 == 3 ? " " : ""
    let root = [
      "\"specversion\":\(space)\"1.0\"", "\"type\":\(space)\"org.tocsin.report.v1\"", "\"source\":\(space)\"/bench/\(source)\"",
      "\"id\":\(space)\"\(number)\"", "\"time\":\(space)\"\(time)\"",
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
    if settings.layout == .many { return append(number % 256, root, data) }
    bytes += "{\(members.joined(separator: ","))\(space),\"data\":{\(data.joined(separator: ","))}}\n".utf8
  }

  /// Appends the members in one of 256 layouts: 64 orders, each with white space in four ways.
  private mutating func append(_ layout: Int, _ root: [String], _ data: [String]) {
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

  /// Spoils the event that was appended last, in one of five ways.
  private mutating func spoil(_ number: Int) {
    let start = ends.last ?? 0
    switch number / 10 % 5 {
    case 0: bytes.removeLast(1 + (number / 50 % 6 + 1) * 40)
    case 1: bytes.removeLast(4)
    case 2: replace("Z\"", with: "\"", from: start)
    case 3: replace("\"source\":\"", with: "\"source\":7,\"x\":\"", from: start)
    default: replace("\"Point\"", with: "Point", from: start)
    }
    if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
  }

  private mutating func replace(_ text: String, with other: String, from start: Int) {
    let pattern = Array(text.utf8)
    guard
      let index = (start..<bytes.count - pattern.count).first(where: { bytes[$0..<$0 + pattern.count].elementsEqual(pattern) })
    else { return }
    bytes.replaceSubrange(index..<index + pattern.count, with: other.utf8)
  }

  /// A number of 10⁻⁵ degrees.
  private func degrees(_ value: Int) -> String {
    let digits = String(value.magnitude % 100_000)
    return "\(value < 0 ? "-" : "")\(value.magnitude / 100_000).\(String(repeating: "0", count: 5 - digits.utf8.count))\(digits)"
  }
}
