/// One keyword in one block: the decayed count of its past, and the list of what is too young for the past.
struct Series {
  static let none = UInt32.max

  let keyword: UInt32
  /// Link of the list of a keyword's series.
  var nextOfKeyword = Series.none
  let key: WindowGeometry.Key
  /// Σ δ^age · y′ up to `weightBin`.
  var weight: Float = 0
  var weightBin: Int32
  /// Head of its entries, newest bin first.
  var firstEntry = Series.none

  init(keyword: UInt32, key: WindowGeometry.Key, bin: Int32) {
    self.keyword = keyword
    self.key = key
    weightBin = bin
  }

  /// The count of one bin.
  struct Entry {
    var bin: Int32
    var count: UInt32
    var next: UInt32
  }
}
