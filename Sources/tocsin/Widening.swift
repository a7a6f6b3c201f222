import Archive
import Arguments
import Engine
import Render
import Reports

/// What a list that has found nothing can be widened to: its conditions, each with what there is without it alone.
struct Widening {
  private typealias Step = (says: String, kind: SummaryKind, filter: ClusterFilter)

  private static let radiiKilometers = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000]

  private var finds: [String] = []
  private let staleTime: String?
  private let isNarrow: Bool

  /// - Complexity: of a count of the list for each condition; for a place, for each of fourteen radii until one finds something.
  init(
    _ arguments: ParsedArguments, _ kind: SummaryKind, _ filter: ClusterFilter, _ acts: ActFilter,
    _ reader: borrowing ArchiveReader
  ) throws {
    var all = filter
    (all.limit, all.after) = (nil, nil)
    staleTime = try StaleTime.says(arguments, filter.since, reader)
    let flags = Dictionary(arguments.command.flags.map { ($0.name, $0) }) { first, _ in first }
    var steps = Self.conditions(kind, all, canSayAny: flags["state"]?.choices.contains("any") ?? false)
    isNarrow = steps.count > 1
    // What is newer than everything is found by nothing else.
    if staleTime != nil { return }
    if let center = all.near?.center, arguments.command.name == ListCommand.description.name {
      var around = all
      around.near = nil
      around.ids = Set(try reader.ids(of: kind, touching: BoundingBox(center)))
      steps.insert([("what lies around it, by `tocsin near`", kind, around)], at: 0)
    }
    if kind == .incident, !all.includesExplained, flags["all"] != nil {
      var explained = all
      explained.includesExplained = true
      steps.append([("--all", kind, explained)])
    }
    // Words that were searched for are found as ids of the kind.
    if kind != .cluster, all.ids == nil, flags["kind"] != nil { steps.append([("--kind cluster", .cluster, all)]) }
    for alternatives in steps {
      for step in alternatives {
        let count = try reader.count(step.kind, step.filter, acts, bound: ListPage.countBound)
        guard count != .exactly(0) else { continue }
        finds.append("\(step.says) (\(ListPage.text(count)))")
        break
      }
    }
  }

  /// Says that there is nothing, and what would find something.
  func complain(_ nothing: String) {
    if let staleTime {
      Output.complain("\(nothing): \(staleTime)")
    } else if !finds.isEmpty {
      Output.complain("\(nothing); wider: \(finds.joined(separator: ", "))")
    } else if isNarrow {
      Output.complain("\(nothing); no one condition alone keeps it out: leave out several")
    } else {
      Output.complain(nothing)
    }
  }

  /// For each condition that was set what to say instead; of several the first that finds something serves.
  ///
  /// - Parameter canSayAny: whether the command has `--state any`.
  private static func conditions(_ kind: SummaryKind, _ all: ClusterFilter, canSayAny: Bool) -> [[Step]] {
    var steps: [[Step]] = []
    func add(_ says: String, _ change: (inout ClusterFilter) -> Void) {
      var wider = all
      change(&wider)
      steps.append([(says, kind, wider)])
    }
    if let near = all.near {
      steps.append(
        radiiKilometers.filter { Double($0) * 1_000 > near.radiusMeters }.map { radius in
          var wider = all
          wider.near?.radiusMeters = Double(radius) * 1_000
          return ("--within \(radius)km", kind, wider)
        })
    }
    if all.boundingBox != nil { add("no --bbox") { $0.boundingBox = nil } }
    if !all.keywordWords.isEmpty { add("any keyword") { ($0.keywordWords, $0.furtherKeywords) = ([], []) } }
    if all.since != nil || all.until != nil { add("any time") { ($0.since, $0.until) = (nil, nil) } }
    if all.state != nil { add(canSayAny ? "--state any" : "no --state") { $0.state = nil } }
    if all.isAlertedOnly { add("no --alerts") { $0.isAlertedOnly = false } }
    return steps
  }
}
