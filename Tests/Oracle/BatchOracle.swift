package import Engine
package import Reports

/// The rules of identities and of detection's L1, written down naively: a dictionary of what was seen, and every pair of a keyword's
/// nodes is looked at. It shares only `CellGrid.cell` and the published hash of ids with the engine; contact of cells is worked out
/// here from the definition, by the cross-multiplied distance of centres on the circle. θ is `ThresholdTwin`'s, the watermark that of
/// the least source that is not idle, settled once a minute.
///
/// It forgets no identity and believes every clock: its streams are shorter than the window, and no source of theirs leaps ahead.
package struct BatchOracle {
  package struct Node: Hashable {
    package var keyword: String
    package var cell: CellID
    package var bin: Int64
  }

  private static let minute: Int64 = 60_000_000

  private let settings: EngineSettings
  private let grid: CellGrid
  private var reports: [Node: [PlainReport]] = [:]
  private var witnesses: [Node: Int] = [:]
  private var watermark = Int64.min
  /// One a report, in their order.
  package private(set) var verdicts: [Verdict] = []
  package var twin: ThresholdTwin

  /// Takes in a whole stream.
  ///
  /// - Parameter sequences: those of one producer's epoch, one a report; 1, 2, 3 and so on where none are given.
  /// - Complexity: O(n) reports, and O(sources) a minute of event time.
  package init(_ stream: [PlainReport], sequences: [UInt64]? = nil, _ settings: EngineSettings) {
    (self.settings, grid) = (settings, CellGrid(cellMeters: settings.cellMeters))
    twin = ThresholdTwin(settings: settings)
    var seen: [[String]: PlainReport] = [:]
    var newest: [String: Int64] = [:]
    var latest = Int64.min
    var minute = Int64.min
    var cursor: UInt64 = 0
    for (index, report) in stream.enumerated() {
      let sequence = sequences?[index] ?? UInt64(index) + 1
      let isBehind = sequence <= cursor
      cursor = max(cursor, sequence)
      let old = seen[[report.source, report.id]]
      verdicts.append(
        isBehind
          ? .duplicateOfCursor
          : old == report
            ? .duplicateOfIdentity : old != nil ? .rejected(.conflict) : report.microseconds < watermark ? .late : .accepted)
      guard verdicts.last == .accepted else { continue }
      seen[[report.source, report.id]] = report
      newest[report.source] = max(newest[report.source] ?? .min, report.microseconds)
      latest = max(latest, report.microseconds)
      if latest / Self.minute != minute {
        minute = latest / Self.minute
        let least = newest.values.filter { $0 >= latest - Int64(settings.idleTimeoutMinutes) * Self.minute }.min() ?? latest
        watermark = max(watermark, least - Int64(settings.allowedLatenessMinutes) * Self.minute)
      }
      for keyword in report.keywords {
        let node = Node(keyword: keyword, cell: report.place.map(grid.cell) ?? .nowhere, bin: bin(report.microseconds))
        reports[node, default: []].append(report)
      }
    }
    witnesses = reports.mapValues { Set($0.map(\.witness)).count }
    var counts: [String: [CellID: [Int64: Int]]] = [:]
    for (node, count) in witnesses { counts[node.keyword, default: [:]][node.cell, default: [:]][node.bin] = count }
    twin.firstBin = reports.keys.map(\.bin).min()
    twin.count = { [counts] in counts[$0]?[$1] ?? [:] }
  }

  /// The cores' greatest θ.
  package var greatestThreshold: Int { reports.keys.map(threshold).max() ?? 0 }

  /// Reports and witnesses by keyword, cell and hour: what roll-ups add up to.
  package var hours: [PlainHour: [UInt64]] {
    var hours: [PlainHour: [UInt64]] = [:]
    for (node, held) in reports {
      let hour = Int64((Double(node.bin) * Double(settings.binMinutes) / 60).rounded(.down))
      let key = PlainHour(keyword: node.keyword, cell: node.cell.rawValue, hour: hour)
      let old = hours[key] ?? [0, 0]
      hours[key] = [old[0] + UInt64(held.count), old[1] + UInt64(witnesses[node] ?? 0)]
    }
    return hours
  }

  private func threshold(_ node: Node) -> Int { twin.threshold(node.keyword, node.cell, node.bin) }

  private func bin(_ microseconds: Int64) -> Int64 {
    Int64((Double(microseconds) / Double(Int64(settings.binMinutes) * Self.minute)).rounded(.down))
  }

  /// Whether two nodes of one keyword are neighbours.
  private func touch(_ a: Node, _ b: Node) -> Bool {
    guard abs(a.bin - b.bin) <= 1, abs(Int(a.cell.row) - Int(b.cell.row)) <= 1 else { return false }
    if a.cell.row == b.cell.row, a.cell.row == 0 || a.cell.row == grid.rowCount - 1 { return true }
    let (n, m) = (Int(grid.columnCount(row: a.cell.row)), Int(grid.columnCount(row: b.cell.row)))
    let (c, d) = (Int(a.cell.column), Int(b.cell.column))
    return (-1...1).contains { turn in abs((2 * (c + turn * n) + 1) * m - (2 * d + 1) * n) * 2 < 3 * (n + m) }
  }

  /// All clusters, whatever order the reports came in.
  ///
  /// - Complexity: O(n²) nodes of a keyword.
  package func clusters() -> Set<PlainCluster> {
    var found: Set<PlainCluster> = []
    let placed = reports.keys.filter { $0.cell != .nowhere }
    for nodes in Dictionary(grouping: placed, by: \.keyword).values { found.formUnion(clusters(of: nodes)) }
    return found
  }

  private func clusters(of nodes: [Node]) -> [PlainCluster] {
    var cores: [Node] = []
    var others: [Node] = []
    for node in nodes {
      if witnesses[node] ?? 0 >= threshold(node) { cores.append(node) } else { others.append(node) }
    }
    cores.sort { ($0.bin, $0.cell.rawValue) < ($1.bin, $1.cell.rawValue) }
    // The first core that touches it has a border node.
    var borders: [Node: [Node]] = [:]
    for node in others {
      if let core = cores.first(where: { touch($0, node) }) { borders[core, default: []].append(node) }
    }
    var unvisited = Set(cores)
    var clusters: [PlainCluster] = []
    for start in cores where unvisited.remove(start) != nil {
      var (component, queue) = ([start], [start])
      while let node = queue.popLast() {
        let reached = unvisited.filter { touch(node, $0) }
        unvisited.subtract(reached)
        component += reached
        queue += reached
      }
      clusters.append(cluster(least: start, component, borders: component.flatMap { borders[$0] ?? [] }))
    }
    return clusters
  }

  /// - Parameter least: of the component's nodes the one with the least bin, of these the one with the least cell.
  private func cluster(least: Node, _ component: [Node], borders: [Node]) -> PlainCluster {
    let nodes = component + borders
    let all = nodes.flatMap { reports[$0, default: []] }
    let times = all.map(\.microseconds)
    let texts = Dictionary(grouping: all.filter { $0.text != "" }, by: \.text)
    var cells: [UInt64: [UInt64]] = [:]
    for node in nodes {
      let old = cells[node.cell.rawValue] ?? [node.cell.rawValue, 0, 0]
      cells[node.cell.rawValue] = [
        old[0], old[1] + UInt64(reports[node, default: []].count), old[2] + UInt64(witnesses[node] ?? 0),
      ]
    }
    return PlainCluster(
      id: id(least), keyword: least.keyword, reports: all.count, witnesses: nodes.reduce(0) { $0 + (witnesses[$1] ?? 0) },
      sources: Set(all.map(\.source)).count, first: times.min() ?? 0, last: times.max() ?? 0,
      isClosed: (component.map(\.bin).max() ?? 0) + 3 <= bin(watermark),
      cells: cells.values.sorted { $0[0] < $1[0] },
      sampleTimes: Array(texts.values.compactMap { $0.map(\.microseconds).min() }.sorted().prefix(5)))
  }

  /// The published hash of a keyword and its least core node.
  private func id(_ node: Node) -> UInt64 {
    var hasher = SipHash(key: .published)
    hasher.combine(node.keyword.utf8.span)
    hasher.combine(UInt64(node.keyword.utf8.count))
    hasher.combine(UInt64(bitPattern: node.bin * Int64(settings.binMinutes) * Self.minute))
    hasher.combine(node.cell.rawValue)
    return hasher.finish()
  }
}
