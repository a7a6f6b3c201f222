import Reports

/// What the live nodes of one window add up to: the evidence behind its count.
struct Gathering {
  var firstTime = Timestamp(microseconds: .max)
  var lastTime = Timestamp(microseconds: .min)
  var total = Accumulation()
  var hasPlace = false
  var reportCount: UInt64 = 0
  var witnessCount: UInt64 = 0
  var nearDuplicateCount: UInt64 = 0
  var identicalPlaceCount: UInt64 = 0
  var sketch = Sketch()
  /// Ascending by cell and by bin.
  var cells: [(cell: CellID, observed: UInt64)] = []
  var bins: [Int32: UInt64] = [:]
  var topSource: (number: UInt32, witnessCount: UInt64)?
  var samples: [EvidencePool.Sample] = []
  var sources: [UInt32] = []

  /// Adds up nodes of one keyword.
  ///
  /// - Complexity: O(n log n) of their marks.
  init(_ members: [UInt32], _ index: borrowing ClusterIndex) {
    var marks: [EvidencePool.Mark] = []
    var (own, leaders) = ([EvidencePool.Mark](), [UInt64]())
    var bySource: [UInt32: UInt64] = [:]
    var byCell: [CellID: UInt64] = [:]
    for member in members {
      let node = index.nodes[member]
      firstTime = min(firstTime, node.firstTime)
      lastTime = max(lastTime, node.lastTime)
      reportCount += UInt64(node.reportCount)
      witnessCount += UInt64(node.witnessCount)
      bins[node.bin, default: 0] += UInt64(node.witnessCount)
      index.evidence.forEachSource(node.sources) { bySource[$0, default: 0] += UInt64($1) }
      index.evidence.forEachSample(node.samples) {
        samples.append($0)
        return true
      }
      index.evidence.sortMarks(node.marks, into: &own)
      nearDuplicateCount += Self.scaled(Self.nearDuplicates(own, &leaders), markCount: node.marks.count, to: node.reportCount)
      marks += own
      if node.cell != .nowhere {
        hasPlace = true
        total.add(node, index.evidence)
        byCell[node.cell, default: 0] += UInt64(node.witnessCount)
      }
    }
    total.normalize()
    samples = EvidencePool.earliestDistinct(samples)
    cells = byCell.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    sources = bySource.keys.sorted()
    topSource = bySource.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
    for mark in marks { sketch.insert(mark.identity) }
    identicalPlaceCount = Self.identicalPlaces(marks, of: reportCount)
  }

  /// Marks whose text lies within three bits of one before, in their order.
  ///
  /// - Parameter leaders: Memory that is used again.
  static func nearDuplicates(_ marks: [EvidencePool.Mark], _ leaders: inout [UInt64]) -> UInt32 {
    leaders.removeAll(keepingCapacity: true)
    var near: UInt32 = 0
    for mark in marks where mark.text != 0 {
      if leaders.contains(where: { ($0 ^ mark.text).nonzeroBitCount <= 3 }) { near += 1 } else { leaders.append(mark.text) }
    }
    return near
  }

  /// A number of marks as one of reports, where not all were kept.
  static func scaled(_ count: UInt32, markCount: UInt32, to reportCount: UInt32) -> UInt64 {
    guard markCount == Limits.nodeMarkCount else { return UInt64(count) }
    return UInt64(count) * UInt64(reportCount) / UInt64(markCount)
  }

  /// Reports at the commonest exact coordinates, where more than one stands there.
  private static func identicalPlaces(_ marks: [EvidencePool.Mark], of reportCount: UInt64) -> UInt64 {
    let places = marks.lazy.filter { $0.place != 0 }.map(\.place).sorted()
    var (best, run) = (0, 0)
    for index in places.indices {
      run = index > 0 && places[index] == places[index - 1] ? run + 1 : 1
      best = max(best, run)
    }
    guard best > 1 else { return 0 }
    return min(reportCount, UInt64(best) * reportCount / UInt64(max(1, marks.count)))
  }
}
