/// One keyword in one block: the decayed count of its past, and the ring of what is too young for the past.
struct Series {
  static let none = UInt32.max

  let keyword: UInt32
  /// What its young bins add up to: no window of time holds more.
  var youngCount: UInt32 = 0
  let key: WindowGeometry.Key
  /// Σ δ^age · y′ up to `weightBin`.
  var weight: Float = 0
  var weightBin: Int32
  /// Its ring in `YoungCounts`, while it has young bins.
  var ring = YoungCounts.noRing
  private let filler: UInt32 = 0

  init(keyword: UInt32, key: WindowGeometry.Key, bin: Int32) {
    self.keyword = keyword
    self.key = key
    weightBin = bin
  }
}
