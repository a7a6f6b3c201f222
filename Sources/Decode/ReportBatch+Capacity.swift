import Reports

extension ReportBatch {
  /// Makes room for rows and, at half the bytes of their JSON, for what the arena keeps of them.
  mutating func reserveCapacity(addedCount: Int, addedByteCount: Int) {
    let rowCount = count + max(0, addedCount)
    rejections.reserveCapacity(rowCount)
    times.reserveCapacity(rowCount)
    latitudes.reserveCapacity(rowCount)
    longitudes.reserveCapacity(rowCount)
    accuracies.reserveCapacity(rowCount)
    reporters.reserveCapacity(rowCount)
    sources.reserveCapacity(rowCount)
    ids.reserveCapacity(rowCount)
    subjects.reserveCapacity(rowCount)
    texts.reserveCapacity(rowCount)
    flags.reserveCapacity(rowCount)
    simHashes.reserveCapacity(rowCount)
    keywordEnds.reserveCapacity(rowCount)
    keywords.reserveCapacity(keywords.count + max(0, addedCount) * 2)
    keywordKeys.reserveCapacity(keywordKeys.count + max(0, addedCount) * 2)
    arena.reserveCapacity(arena.count + addedByteCount / 2)
  }
}
