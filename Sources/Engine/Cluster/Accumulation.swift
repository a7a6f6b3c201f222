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

  private(set) var firstTime = Timestamp(microseconds: .max)
  private(set) var lastTime = Timestamp(microseconds: .min)
  private(set) var parts: [CellPart] = []
  private(set) var sources: [UInt32] = []
  private(set) var samples: [EvidencePool.Sample] = []
  private var isNormal = true
  private var normalCount = 0

  /// Adds one node; call `normalize` before reading.
  mutating func add(_ node: Node, _ evidence: EvidencePool) {
    addPlace(node)
    evidence.appendSources(node.firstSource, to: &sources)
    evidence.appendSamples(node.firstSample, to: &samples)
    // Long-lived clusters settle node after node in the same cells: kept short at amortised O(log n) a node.
    if parts.count > 2 * normalCount + 64 { normalize() }
  }

  /// The same without what only the evidence tells.
  var places: Accumulation {
    var places = self
    (places.sources, places.samples) = ([], [])
    return places
  }

  /// Adds one node without its evidence.
  mutating func addPlace(_ node: Node) {
    firstTime = min(firstTime, node.firstTime)
    lastTime = max(lastTime, node.lastTime)
    parts.append(
      CellPart(
        cell: node.cell, reportCount: UInt64(node.reportCount), witnessCount: UInt64(node.witnessCount),
        latitudeSum: Int128(node.latitudeSum), longitudeSum: Int128(node.longitudeSum),
        box: BoundingBox(
          westE7: node.minimumLongitude, southE7: node.minimumLatitude, eastE7: node.maximumLongitude,
          northE7: node.maximumLatitude)))
    isNormal = false
  }

  mutating func add(_ other: Accumulation) {
    firstTime = min(firstTime, other.firstTime)
    lastTime = max(lastTime, other.lastTime)
    parts += other.parts
    sources += other.sources
    samples += other.samples
    isNormal = false
  }

  /// Brings the lists to their one form: cells ascending and merged, sources distinct, the earliest samples.
  ///
  /// - Complexity: O(n log n) of what was added since.
  mutating func normalize() {
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
    sources.sort()
    var distinct: [UInt32] = []
    for source in sources where distinct.last != source { distinct.append(source) }
    sources = distinct
    samples = EvidencePool.earliestDistinct(samples)
    normalCount = parts.count
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstTime)
    try coder.code(&lastTime)
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

  /// The mean place alone.
  var centroid: Coordinate {
    let whole: Int128 = 3_600_000_000
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
    var longitude = Self.roundedQuotient(longitudeSum, reportCount)
    if longitude >= whole / 2 { longitude -= whole } else if longitude < -whole / 2 { longitude += whole }
    return Coordinate(latitudeE7: Int32(Self.roundedQuotient(latitudeSum, reportCount)), longitudeE7: Int32(longitude))
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
