import JSON

/// All that a run has measured: figures, hashes of what came out, and what it was run with.
struct BenchReport {
  private(set) var figures: [Figure] = []
  /// What came out of which stage; of one kind they are all to be the same.
  private(set) var hashes: [(kind: String, stage: String, hash: UInt64)] = []
  var facts: [(name: String, value: String)] = []

  mutating func add(_ figure: Figure) { figures.append(figure) }

  mutating func add(_ kind: String, _ stage: String, _ hash: UInt64) { hashes.append((kind, stage, hash)) }

  /// Adds what every stage says: processor time and allocations an event, and events a second, each beside its floor.
  mutating func add(_ stage: String, _ usage: Usage, of count: Int, floor: (name: String, usage: Usage)? = nil) {
    add(
      Figure(
        stage, "CPU", "ns/event", usage.cpuNanoseconds(per: count),
        floor: floor.map { ($0.name, $0.usage.cpuNanoseconds(per: count)) }))
    add(
      Figure(stage, "rate", "events/s", usage.perSecond(count), floor: floor.map { ($0.name, $0.usage.perSecond(count)) }))
    add(Figure(stage, "allocations", "per event", usage.allocations(per: count)))
    guard usage.libraryAllocationCount > 0 else { return }
    add(Figure(stage, "allocations of SQLite and libzmq", "per event", usage.libraryAllocations(per: count)))
  }

  /// Adds what several rounds have measured: of each figure the median, and of its floor.
  ///
  /// Hashes of all rounds are kept, so that a round that came to something else is told of.
  mutating func add(mediansOf rounds: [BenchReport]) {
    var seen: Set<[String]> = []
    for figure in rounds.flatMap(\.figures) where seen.insert([figure.stage, figure.measure]).inserted {
      let others = rounds.flatMap(\.figures).filter { $0.stage == figure.stage && $0.measure == figure.measure }
      var median = figure
      median.value = Self.median(others.map(\.value))
      if let floor = figure.floor { median.floor = (floor.name, Self.median(others.compactMap { $0.floor?.value })) }
      add(median)
    }
    for (kind, stage, hash) in rounds.flatMap(\.hashes)
    where !hashes.contains(where: { $0 == (kind, stage, hash) }) { add(kind, stage, hash) }
  }

  /// The lower of the two in the middle of an even number.
  private static func median(_ values: [Double]) -> Double { values.sorted()[(values.count - 1) / 2] }

  /// The kinds of hashes that differ from stage to stage: each is a fault.
  var disagreements: [String] {
    var first: [String: UInt64] = [:]
    var kinds: [String] = []
    for (kind, _, hash) in hashes {
      if first[kind, default: hash] != hash, !kinds.contains(kind) { kinds.append(kind) }
      first[kind] = first[kind] ?? hash
    }
    return kinds
  }

  private static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// A number in as many digits as say something.
  private static func text(_ value: Double) -> String {
    let magnitude = value.magnitude
    if magnitude == 0 { return "0" }
    let scale: Double = magnitude >= 100 ? 1 : magnitude >= 10 ? 10 : magnitude >= 0.1 ? 100 : 10_000
    let rounded = Int((value * scale).rounded())
    let (whole, rest) = rounded.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
    let sign = rounded < 0 ? "-" : ""
    if scale == 1 { return sign + grouped(whole) }
    let digits = String(rest)
    return
      "\(sign)\(grouped(whole)).\(String(repeating: "0", count: String(UInt(scale)).utf8.count - 1 - digits.utf8.count))\(digits)"
  }

  private static func grouped(_ value: UInt) -> String {
    let digits = Array(String(value))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  var markdown: String {
    var text = facts.map { "- \($0.name): \($0.value)\n" }.joined()
    text += "\n| stage | measure | unit | figure | floor | its figure | ratio |\n|---|---|---|---:|---|---:|---:|\n"
    for figure in figures {
      text += "| \(figure.stage) | \(figure.measure) | \(figure.unit) | \(Self.text(figure.value)) | \(figure.floor?.name ?? "") "
      text += "| \(figure.floor.map { Self.text($0.value) } ?? "") | \(figure.ratio.map(Self.text) ?? "") |\n"
    }
    text += "\n| what came out | of | hash |\n|---|---|---|\n"
    for (kind, stage, hash) in hashes { text += "| \(kind) | \(stage) | `\(Self.hexadecimal(hash))` |\n" }
    return text
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("facts")
    writer.beginObject()
    for (name, value) in facts { writer.member(name, value) }
    writer.endObject()
    writer.key("figures")
    writer.beginArray()
    for figure in figures {
      writer.beginObject()
      writer.member("stage", figure.stage)
      writer.member("measure", figure.measure)
      writer.member("unit", figure.unit)
      writer.member("value", figure.value)
      if let floor = figure.floor {
        writer.member("floor", floor.name)
        writer.member("floorValue", floor.value)
      }
      if let ratio = figure.ratio { writer.member("ratio", ratio) }
      writer.endObject()
    }
    writer.endArray()
    writer.key("hashes")
    writer.beginArray()
    for (kind, stage, hash) in hashes {
      writer.beginObject()
      writer.member("kind", kind)
      writer.member("stage", stage)
      writer.member("hash", Self.hexadecimal(hash))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
