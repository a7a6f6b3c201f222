import Reports

/// What is its bytes in memory and nothing else: no padding between them, no optional that leaves some unsaid, and every bit pattern
/// a value. So equal values have equal bytes, and nothing gets into a snapshot that merely stood there before.
protocol Plain: BitwiseCopyable {}

extension UInt8: Plain {}
extension Int32: Plain {}
extension UInt32: Plain {}
extension Int64: Plain {}
extension UInt64: Plain {}
extension Int128: Plain {}
extension Int: Plain {}
extension Float: Plain {}
extension Double: Plain {}
extension Timestamp: Plain {}
extension Coordinate: Plain {}
extension BoundingBox: Plain {}
extension Epoch: Plain {}
extension CellID: Plain {}
extension ClusterID: Plain {}
extension Significance: Plain {}
extension Ledger: Plain {}
extension Changes.Merge: Plain {}
extension Changes.Rollup: Plain {}
extension ClusterSummary.CellCount: Plain {}
extension ClusterSummary.SampleReference: Plain {}
extension EpisodeSummary.Baseline: Plain {}
extension EpisodeSummary.CellScore: Plain {}
extension EpisodeSummary.BinScore: Plain {}
extension Node: Plain {}
extension EvidencePool.Source: Plain {}
extension EvidencePool.Mark: Plain {}
extension EvidencePool.Sample: Plain {}
extension IdentityTable.Generation: Plain {}
extension TileMap.Tile: Plain {}
extension Series: Plain {}
extension YoungCounts.Ahead: Plain {}
extension KeywordBaseline: Plain {}
extension Detector.Change: Plain {}
extension SourceState.Place: Plain {}
