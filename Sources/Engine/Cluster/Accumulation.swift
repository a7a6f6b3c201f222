import Reports

/// What a set of nodes adds up to, cell by cell. Adding is commutative and associative, so no order shows.
struct Accumulation {
  struct CellPart {
    var cell: CellID
    var reportCount: UInt64
    var witnessCount: UInt64
    var latitudeSum: Int128
    var longitudeSum: Int128
    var box: BoundingBox
  }

  private(set) var totals = PlaceTotals()
  private(set) var parts: [CellPart] = []
  /// Ascending.
  private(set) var sources: [UInt32] = []
  /// The earliest of each text, ascending.
  private(set) var samples: [EvidencePool.Sample] = []
  private var isNormal = true
  private var normalCount = 0

  /// Adds one node; call `normalize` before reading `parts`.
  mutating func add(_ node: Node, _ evidence: borrowing EvidencePool) {
    addPlace(node)
    evidence.forEachSource(node.sources) { number, _ in add(source: number) }
    evidence.forEachSample(node.samples) { add($0) }
    // Long-lived clusters settle node after node in the same cells: kept short at amortised O(log n) a node.
    if parts.count > 2 * normalCount + 64 { normalize() }
  }

  /// Adds one node without its evidence.
  private mutating func addPlace(_ node: Node) {
    totals.add(node)
    let part = CellPart(
      cell: node.cell, reportCount: UInt64(node.reportCount), witnessCount: UInt64(node.witnessCount),
      latitudeSum: Int128(node.latitudeSum), longitudeSum: Int128(node.longitudeSum),
      box: BoundingBox(
        westE7: node.minimumLongitude, southE7: node.minimumLatitude, eastE7: node.maximumLongitude,
        northE7: node.maximumLatitude))
    if let last = parts.last, last.cell >= node.cell {
      if last.cell == node.cell { return parts[parts.count - 1].merge(part) }
      isNormal = false
    }
    parts.append(part)
  }

  private mutating func add(source number: UInt32) {
    var (low, high) = (0, sources.count)
    while low < high {
      let middle = (low + high) / 2
      if sources[middle] < number { low = middle + 1 } else { high = middle }
    }
    if low == sources.count || sources[low] != number { sources.insert(number, at: low) }
  }

  /// - Returns: Whether a later sample may still be one of the earliest.
  private mutating func add(_ sample: EvidencePool.Sample) -> Bool {
    let isFull = samples.count == Limits.sampleCount
    if isFull, let last = samples.last, last.precedes(sample) { return false }
    if let same = samples.firstIndex(where: { $0.textHash == sample.textHash }) {
      guard sample.precedes(samples[same]) else { return true }
      samples.remove(at: same)
    } else if isFull {
      samples.removeLast()
    }
    samples.insert(sample, at: samples.firstIndex { sample.precedes($0) } ?? samples.count)
    return true
  }

  mutating func add(_ other: Accumulation) {
    totals.add(other.totals)
    parts += other.parts
    isNormal = false
    for source in other.sources { add(source: source) }
    for sample in other.samples {
      guard add(sample) else { break }
    }
  }

  /// Begins anew with another; the room that it takes is kept.
  mutating func restart(with other: Accumulation) {
    totals = other.totals
    parts.removeAll(keepingCapacity: true)
    parts += other.parts
    sources.removeAll(keepingCapacity: true)
    sources += other.sources
    samples.removeAll(keepingCapacity: true)
    samples += other.samples
    (isNormal, normalCount) = (other.isNormal, other.normalCount)
  }

  /// Brings the cells to their one form: ascending and merged.
  ///
  /// - Complexity: O(n log n) of what was added since.
  mutating func normalize() {
    normalCount = parts.count
    guard !isNormal else { return }
    isNormal = true
    parts.sort { $0.cell < $1.cell }
    var kept = 0
    for index in parts.indices.dropFirst() {
      if parts[index].cell == parts[kept].cell {
        parts[kept].merge(parts[index])
      } else {
        kept += 1
        parts[kept] = parts[index]
      }
    }
    parts.removeLast(parts.count - min(parts.count, kept + 1))
    normalCount = parts.count
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try totals.code(&coder)
    try coder.code(&parts, new: .blank) { (one, coder) throws(StateError) in
      try coder.code(&one.cell)
      try coder.code(&one.reportCount)
      try coder.code(&one.witnessCount)
      try coder.code(&one.latitudeSum)
      try coder.code(&one.longitudeSum)
      try coder.code(&one.box)
    }
    try coder.code(&sources)
    try coder.code(&samples)
    try coder.code(&isNormal)
    try coder.code(&normalCount)
  }
}

extension Accumulation.CellPart {
  /// What a snapshot is read into.
  static var blank: Self {
    Self(cell: .nowhere, reportCount: 0, witnessCount: 0, latitudeSum: 0, longitudeSum: 0, box: .blank)
  }

  mutating func merge(_ other: Self) {
    reportCount += other.reportCount
    witnessCount += other.witnessCount
    latitudeSum += other.latitudeSum
    longitudeSum += other.longitudeSum
    box.westE7 = min(box.westE7, other.box.westE7)
    box.eastE7 = max(box.eastE7, other.box.eastE7)
    box.southE7 = min(box.southE7, other.box.southE7)
    box.northE7 = max(box.northE7, other.box.northE7)
  }
}

extension Accumulation {
  /// The mean place and the smallest box, right across the antimeridian. The accumulation is normal and not empty.
  var extent: (centroid: Coordinate, box: BoundingBox) { (centroid, box) }

  /// All longitudes, in units of 10⁻⁷ degrees.
  static let globe: Int128 = 3_600_000_000

  /// The mean place alone.
  var centroid: Coordinate {
    let whole = Self.globe
    let reference = parts[0].longitudeSum / Int128(parts[0].reportCount)
    var latitudeSum: Int128 = 0
    var longitudeSum: Int128 = 0
    var reportCount: Int128 = 0
    for part in parts {
      let count = Int128(part.reportCount)
      let offset = part.longitudeSum / count - reference
      // Each cell is taken round the globe to the side on which it lies nearer to the first.
      let turns: Int128 = offset > whole / 2 ? -1 : offset < -whole / 2 ? 1 : 0
      latitudeSum += part.latitudeSum
      longitudeSum += part.longitudeSum + turns * whole * count
      reportCount += count
    }
    return Self.mean(latitudeSum, longitudeSum, of: reportCount)
  }

  static func mean(_ latitudeSum: Int128, _ longitudeSum: Int128, of count: Int128) -> Coordinate {
    var longitude = roundedQuotient(longitudeSum, count)
    if longitude >= globe / 2 { longitude -= globe } else if longitude < -globe / 2 { longitude += globe }
    return Coordinate(latitudeE7: Int32(roundedQuotient(latitudeSum, count)), longitudeE7: Int32(longitude))
  }

  /// Division rounded to nearest, halves away from zero.
  private static func roundedQuotient(_ sum: Int128, _ count: Int128) -> Int128 {
    (sum >= 0 ? sum + count / 2 : sum - count / 2) / count
  }

  /// The box that leaves out the widest gap of longitudes: west > east where it crosses the antimeridian.
  private var box: BoundingBox {
    if parts.count == 1 { return parts[0].box }
    let spans = parts.map { (west: $0.box.westE7, east: $0.box.eastE7) }.sorted { $0.west < $1.west }
    var result = BoundingBox(westE7: spans[0].west, southE7: .max, eastE7: spans[0].east, northE7: .min)
    var reach = spans[0].east
    var widest: Int64 = -1
    for span in spans.dropFirst() {
      let gap = Int64(span.west) - Int64(reach)
      if gap > widest {
        widest = gap
        (result.westE7, result.eastE7) = (span.west, reach)
      }
      reach = max(reach, span.east)
    }
    let outerGap = Int64(spans[0].west) + 3_600_000_000 - Int64(reach)
    if outerGap >= widest { (result.westE7, result.eastE7) = (spans[0].west, reach) }
    for part in parts {
      result.southE7 = min(result.southE7, part.box.southE7)
      result.northE7 = max(result.northE7, part.box.northE7)
    }
    return result
  }
}
