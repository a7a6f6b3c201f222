package import Reports

extension Engine {
  /// The 128-bit keyed hash of (source, id): nobody without the key can aim for a collision, and two of 10⁹ identities
  /// collide with probability 10⁻²¹.
  package static func identity(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> (high: UInt64, low: UInt64) {
    identity(
      source: batch.arena.span.extracting(batch.sources[row].range), id: batch.arena.span.extracting(batch.ids[row].range),
      key: key)
  }

  /// The same of a source and an id.
  package static func identity(source: Span<UInt8>, id: Span<UInt8>, key: SipHash.Key) -> (high: UInt64, low: UInt64) {
    var hasher = SipHash(key: key, wide: true)
    hasher.combine(source)
    hasher.combine(UInt64(source.count))
    hasher.combine(id)
    let hash = hasher.finish128()
    return (hash.0, hash.1)
  }

  /// A keyed hash of everything else that a report says: another digest under one identity is a conflict.
  static func digest(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> UInt64 {
    if let erasure = batch.erasure(row) { return erasure.digest }
    var hasher = SipHash(key: key)
    hasher.combine(UInt64(bitPattern: batch.times[row].microseconds))
    hasher.combine(UInt64(UInt32(bitPattern: batch.latitudes[row])) << 32 | UInt64(UInt32(bitPattern: batch.longitudes[row])))
    hasher.combine(batch.reporters[row])
    hasher.combine(UInt64(batch.flags[row].rawValue))
    hasher.combine(UInt64(batch.accuracies[row].bitPattern))
    hasher.combine(UInt64(batch.subjects[row].length))
    hasher.combine(batch.arena.span.extracting(batch.subjects[row].range))
    for slice in batch.keywords[batch.keywordRange(row)] {
      hasher.combine(UInt64(slice.length))
      hasher.combine(batch.arena.span.extracting(slice.range))
    }
    hasher.combine(batch.arena.span.extracting(batch.texts[row].range))
    return hasher.finish()
  }

  /// What makes a witness one: for a staff source nobody: it annotates only; else the reporter, else the ticket, else what the source's rule
  /// says; nil where every report is its own.
  static func witness(of batch: ReportBatch, _ row: Int, rule: SourceRule, key: SipHash.Key) -> UInt64? {
    switch rule.role {
    case .staff: return ClusterIndex.nobody
    case .sensor: return nil
    case .public: break
    }
    if batch.reporters[row] != 0 { return batch.reporters[row] }
    if batch.subjects[row].length > 0 { return subjectHash(of: batch, row, key: key) }
    return rule.witness == .source ? sourceHash(of: batch, row, key: key) : nil
  }

  /// The ticket as a witness.
  static func subjectHash(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> UInt64 {
    var hasher = SipHash(key: key)
    hasher.combine(batch.arena.span.extracting(batch.sources[row].range))
    hasher.combine(UInt64(batch.sources[row].length))
    hasher.combine(batch.arena.span.extracting(batch.subjects[row].range))
    return hasher.finish()
  }

  private static func sourceHash(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> UInt64 {
    var hasher = SipHash(key: key)
    hasher.combine(batch.arena.span.extracting(batch.sources[row].range))
    return hasher.finish()
  }

  /// A hash of a row's text that is the same in every store: it decides ties.
  static func textHash(of batch: ReportBatch, _ row: Int) -> UInt64 {
    var text = SipHash(key: .published)
    text.combine(batch.arena.span.extracting(batch.texts[row].range))
    return text.finish()
  }
}

extension ReportBatch {
  /// A row's place, with one name for the antimeridian; nil where it has none.
  func place(_ row: Int) -> Coordinate? {
    let longitude = longitudes[row]
    guard longitude != Self.nowhere else { return nil }
    return Coordinate(latitudeE7: latitudes[row], longitudeE7: longitude == 1_800_000_000 ? -1_800_000_000 : longitude)
  }
}

extension Coordinate {
  /// A hash of the exact place, never zero.
  var mark: UInt32 { (UInt32(bitPattern: latitudeE7) &* 0x9e37_79b1 ^ UInt32(bitPattern: longitudeE7)) | 1 }
}
