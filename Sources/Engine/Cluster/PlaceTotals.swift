import Reports

/// What reports add up to wherever they lie: how many, when, and where in the mean. Adding is commutative and associative.
struct PlaceTotals {
  private(set) var firstTime = Timestamp(microseconds: .max)
  private(set) var lastTime = Timestamp(microseconds: .min)
  private(set) var reportCount: UInt64 = 0
  private(set) var witnessCount: UInt64 = 0
  private var latitudeSum: Int128 = 0
  private var longitudeSum: Int128 = 0
  private var westmost = Int32.max
  private var eastmost = Int32.min

  /// Adds one report.
  mutating func add(time: Timestamp, latitude: Int32, longitude: Int32, bringsWitness: Bool) {
    firstTime = min(firstTime, time)
    lastTime = max(lastTime, time)
    reportCount += 1
    if bringsWitness { witnessCount += 1 }
    latitudeSum += Int128(latitude)
    longitudeSum += Int128(longitude)
    westmost = min(westmost, longitude)
    eastmost = max(eastmost, longitude)
  }

  @inline(__always)
  mutating func add(_ node: Node) {
    firstTime = min(firstTime, node.firstTime)
    lastTime = max(lastTime, node.lastTime)
    reportCount += UInt64(node.reportCount)
    witnessCount += UInt64(node.witnessCount)
    latitudeSum += Int128(node.latitudeSum)
    longitudeSum += Int128(node.longitudeSum)
    westmost = min(westmost, node.minimumLongitude)
    eastmost = max(eastmost, node.maximumLongitude)
  }

  mutating func add(_ other: Self) {
    firstTime = min(firstTime, other.firstTime)
    lastTime = max(lastTime, other.lastTime)
    reportCount += other.reportCount
    witnessCount += other.witnessCount
    latitudeSum += other.latitudeSum
    longitudeSum += other.longitudeSum
    westmost = min(westmost, other.westmost)
    eastmost = max(eastmost, other.eastmost)
  }

  /// The mean place, where nothing lies so far apart that it may be nearer the other way round the globe; else nil, and what the
  /// cells tell decides.
  var centroid: Coordinate? {
    guard reportCount > 0, Int64(eastmost) - Int64(westmost) < Int64(Accumulation.globe / 2) - 2 else { return nil }
    return Accumulation.mean(latitudeSum, longitudeSum, of: Int128(reportCount))
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&firstTime)
    try coder.code(&lastTime)
    try coder.code(&reportCount)
    try coder.code(&witnessCount)
    try coder.code(&latitudeSum)
    try coder.code(&longitudeSum)
    try coder.code(&westmost)
    try coder.code(&eastmost)
  }
}
