import Engine
import Reports

/// The rule of detection's L1, written down naively: every pair of nodes is looked at. It shares only `CellGrid.cell` with the
/// engine; contact of cells is worked out here from the definition, by the cross-multiplied distance of centres on the circle.
/// θ is `ThresholdTwin`'s, the watermark that of the least source that is not idle, settled once a minute.
struct BatchOracle {
  struct Node: Hashable { var keyword: String, cell: CellID, bin: Int64 }
  let settings: EngineSettings, grid: CellGrid
  var reports: [Node: [Event]] = [:], verdicts: [String] = [], watermark = Int64.min
  var twin: ThresholdTwin
  /// The cores' greatest θ.
  var greatestThreshold = 0

  init(_ events: [Event], _ settings: EngineSettings) {
    (self.settings, grid) = (settings, CellGrid(cellMeters: settings.cellMeters))
    twin = ThresholdTwin(settings: settings)
    var seen: [[String]: Event] = [:]
    var newest: [String: Int64] = [:]
    var minute = Int64.min
    for event in events {
      let old = seen[[event.source, event.id]]
      verdicts.append(old == event ? "duplicate" : old != nil ? "conflict" : event.seconds < watermark ? "late" : "accepted")
      guard verdicts.last == "accepted" else { continue }
      seen[[event.source, event.id]] = event
      newest[event.source] = max(newest[event.source] ?? .min, event.seconds)
      let latest = newest.values.max() ?? 0
      if Int64((Double(latest) / 60).rounded(.towardZero)) != minute {
        minute = Int64((Double(latest) / 60).rounded(.towardZero))
        let least = newest.values.filter { $0 >= latest - Int64(settings.idleTimeoutMinutes) * 60 }.min() ?? latest
        watermark = max(watermark, least - Int64(settings.allowedLatenessMinutes) * 60)
      }
      for keyword in event.keywords {
        let node = Node(keyword: keyword, cell: event.place.map(grid.cell) ?? .nowhere, bin: bin(event.seconds))
        reports[node, default: []].append(event)
      }
    }
    var counts: [String: [CellID: [Int64: Int]]] = [:]
    for node in reports.keys { counts[node.keyword, default: [:]][node.cell, default: [:]][node.bin] = witnesses(node) }
    twin.firstBin = reports.keys.map(\.bin).min()
    twin.count = { [counts] in counts[$0]?[$1] ?? [:] }
    greatestThreshold = reports.keys.map(threshold).max() ?? 0
  }
  func threshold(_ node: Node) -> Int { twin.threshold(node.keyword, node.cell, node.bin) }
  func bin(_ seconds: Int64) -> Int64 { Int64((Double(seconds) / Double(settings.binMinutes * 60)).rounded(.down)) }
  func witnesses(_ node: Node) -> Int { Set(reports[node, default: []].map(\.witness)).count }
  func touch(_ a: Node, _ b: Node) -> Bool {
    guard a.keyword == b.keyword, abs(a.bin - b.bin) <= 1, abs(Int(a.cell.row) - Int(b.cell.row)) <= 1 else { return false }
    if a.cell.row == b.cell.row, a.cell.row == 0 || a.cell.row == grid.rowCount - 1 { return true }
    let (n, m) = (Int(grid.columnCount(row: a.cell.row)), Int(grid.columnCount(row: b.cell.row)))
    let (c, d) = (Int(a.cell.column), Int(b.cell.column))
    return (-1...1).contains { turn in abs((2 * (c + turn * n) + 1) * m - (2 * d + 1) * n) * 2 < 3 * (n + m) }
  }
  func clusters() -> Set<Found> {
    let placed = reports.keys.filter { $0.cell != .nowhere }
    var unvisited = Set(placed.filter { witnesses($0) >= threshold($0) })
    let core = unvisited.sorted { ($0.bin, $0.cell.rawValue) < ($1.bin, $1.cell.rawValue) }
    var found: Set<Found> = []
    while let start = unvisited.popFirst() {
      var (component, queue) = ([start], [start])
      while let node = queue.popLast() {
        let reached = unvisited.filter { touch(node, $0) }
        unvisited.subtract(reached)
        component += reached
        queue += reached
      }
      let border = placed.filter { u in !core.contains(u) && core.first { touch($0, u) }.map(component.contains) == true }
      let all = (component + border).flatMap { reports[$0, default: []] }
      let times = all.map(\.seconds).sorted(), lastBin = component.map(\.bin).max() ?? 0
      let texts = Dictionary(grouping: all.filter { $0.text != "" }, by: \.text)
      found.insert(
        Found(
          keyword: start.keyword, reports: all.count, witnesses: (component + border).map(witnesses).reduce(0, +),
          sources: Set(all.map(\.source)).count, first: times[0], last: times[times.count - 1],
          isClosed: lastBin + 3 <= bin(watermark),
          cells: Set((component + border).map(\.cell.rawValue)).sorted(),
          sampleTimes: Array(texts.values.compactMap { $0.map(\.seconds).min() }.sorted().prefix(5))))
    }
    return found
  }
}
