/// One keyword in one block: the decayed count of its past, and the list of what is too young for the past.
struct Series {
  static let none = UInt32.max

  let keyword: UInt32
  /// What its young bins add up to: no window of time holds more.
  var youngCount: UInt32 = 0
  let key: WindowGeometry.Key
  /// Σ δ^age · y′ up to `weightBin`.
  var weight: Float = 0
  var weightBin: Int32
  /// Its newest young bin.
  var first = Link.none

  init(keyword: UInt32, key: WindowGeometry.Key, bin: Int32) {
    self.keyword = keyword
    self.key = key
    weightBin = bin
  }

  /// Where the entry of a bin lies; void once the bin is past.
  struct Link {
    static let none = Link(bin: .min, index: 0)

    var bin: Int32
    var index: UInt32
  }

  /// The count of one bin.
  struct Entry {
    var series: UInt32
    var count: UInt32
    /// The next older one.
    var next: Link
  }
}
