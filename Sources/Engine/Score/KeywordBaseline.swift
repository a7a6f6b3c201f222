/// What one keyword's past comes to over the whole area: exposure, dispersion and season. Plain bytes, so that a copy retains nothing.
struct KeywordBaseline {
  let keyword: UInt32
  /// Its whole-area series.
  var series: UInt32
  /// The source that brought it first, and the first bin in which that could be heard.
  let firstSource: UInt32
  let firstBin: Int32
  /// b: decayed seasonal exposure in bins.
  var exposure = 0.0
  /// Decayed Σ ((y′ − m)² − v·m²) and Σ m.
  var squares = 0.0
  var means = 0.0
  /// Decayed Σ y′(y′ − m) and Σ y′ over its cells: no zero is needed, since E Σ y·m = Σ m².
  var cellSquares = 0.0
  var cellCounts = 0.0
  /// Reports ever absorbed.
  var reportCount = 0.0
  /// Its own week in `Detector.keywordSeasons`, kept once it has reports enough; else `Series.none`.
  var season = Series.none
  /// Its row in `Detector.weeks`: its own, else that of its class.
  var week: UInt32 = 0
  /// The two sources that bring most of it, with decayed counts (Misra & Gries 1982), and the count of all.
  var firstShare: (source: UInt32, weight: Float) = (.max, 0)
  var secondShare: (source: UInt32, weight: Float) = (.max, 0)
  var shareTotal: Float = 0
  /// Count of the bin that is being absorbed.
  var absorbedCount: UInt32 = 0

  init(keyword: UInt32, series: UInt32, firstSource: UInt32, firstBin: Int32) {
    self.keyword = keyword
    self.series = series
    self.firstSource = firstSource
    self.firstBin = firstBin
  }

  mutating func countSource(_ source: UInt32) {
    shareTotal += 1
    if firstShare.source == source {
      firstShare.weight += 1
    } else if secondShare.source == source {
      secondShare.weight += 1
      if secondShare.weight > firstShare.weight { swap(&firstShare, &secondShare) }
    } else if firstShare.weight == 0 {
      firstShare = (source, 1)
    } else if secondShare.weight == 0 {
      secondShare = (source, 1)
    } else {
      secondShare.weight -= 1
    }
    // Halved now and then: what matters is who brings it now.
    if shareTotal >= 100_000 {
      shareTotal /= 2
      firstShare.weight /= 2
      secondShare.weight /= 2
    }
  }

  /// The share of a source in its reports, as far as it is one of the two.
  func share(of source: UInt32) -> Double {
    guard shareTotal > 0 else { return 0 }
    if firstShare.source == source { return Double(min(1, firstShare.weight / shareTotal)) }
    if secondShare.source == source { return Double(min(1, secondShare.weight / shareTotal)) }
    return 0
  }
}
