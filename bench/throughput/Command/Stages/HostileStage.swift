import Platform
import Reports

/// Events that are harder to take in than others, sent through real sockets to the whole service, each kind beside as many that are
/// not, in the same run.
enum HostileStage {
  private static let batchSize = 256

  /// A kind of events, and how the figures call it.
  struct Variant {
    let name: String
    let puts: Puts
    /// Of a thousand events, how many are to be refused.
    let refusedPerMille: Int
  }

  /// Normal events first, then the others.
  ///
  /// - Parameter settings: those of the normal ones.
  static func variants(_ settings: StreamSettings) -> [Variant] {
    func variant(_ name: String, _ change: (inout StreamSettings) -> Void) -> Variant {
      var other = settings
      change(&other)
      return Variant(
        name: name, puts: Puts(EventStream(other), batchSize: batchSize), refusedPerMille: other.malformedPerMille)
    }
    return [
      variant("normal") { _ in },
      variant("one in ten malformed") { $0.malformedPerMille = 100 },
      variant("256 layouts") { $0.layout = .many },
      variant("adversarial identities") { $0.naming = .adversarial },
      variant("one cell, the same keywords") { $0.subject = .one },
      variant("other cells and keywords each") { $0.subject = .different },
    ]
  }

  static func run(_ variants: [Variant], folder: String, into report: inout BenchReport) throws {
    var normal: PathStage.Served?
    for (number, variant) in variants.enumerated() {
      let served = try PathStage.serve(variant.puts, folder: "\(folder)/\(number)", eventsPerSecond: nil)
      let count = variant.puts.stream.count
      let (refused, expected) = (served.refusedCount, count * variant.refusedPerMille / 1_000)
      try BenchFailure.unless(
        abs(refused - expected) <= count / 100,
        "\(variant.name): \(refused) events are refused where about \(expected) are malformed")
      tell(variant.name, served, of: count, beside: number == 0 ? nil : normal, to: &report)
      normal = normal ?? served
    }
  }

  /// Adds the worst of all kinds: no rate is to be below a third of that of normal events.
  static func sumUp(_ report: inout BenchReport) {
    func ratios(_ measure: String) -> [Double] {
      report.figures.filter { $0.stage.hasPrefix("hostile, ") && $0.measure == measure }.compactMap(\.ratio)
    }
    if let least = ratios("rate").min() { report.add(Figure("hostile", "least rate beside normal events", "times", least)) }
    if let most = ratios("CPU until the last ACK").max() {
      report.add(Figure("hostile", "most CPU beside normal events", "times", most))
    }
  }

  /// - Parameter normal: what normal events came to, as many of them.
  private static func tell(
    _ variant: String, _ served: PathStage.Served, of count: Int, beside normal: PathStage.Served?, to report: inout BenchReport
  ) {
    func add(_ measure: String, _ unit: String, _ value: (PathStage.Served) -> Double) {
      report.add(
        Figure("hostile, \(variant)", measure, unit, value(served), floor: normal.map { ("normal events", value($0)) }))
    }
    add("rate", "events/s") { $0.usage.perSecond(count) }
    add("rate until all is stored", "events/s") { $0.untilStored.perSecond(count) }
    add("CPU until the last ACK", "ns/event") { $0.usage.cpuNanoseconds(per: count) }
    add("CPU until all is stored", "ns/event") { $0.untilStored.cpuNanoseconds(per: count) }
    add("CPU of engine", "ns/event") { ($0.threads["engine"] ?? Usage()).cpuNanoseconds(per: count) }
    add("CPU of intake", "ns/event") { ($0.threads["intake"] ?? Usage()).cpuNanoseconds(per: count) }
  }
}
