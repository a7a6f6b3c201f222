/// Changes of bins that were not the newest when they came, by bin: they are tested as windows of their own when the bin closes.
struct LateChanges {
  private var lists: [Int32: [Detector.Change]] = [:]
  /// Empty lists, for the room that they have.
  private var spare: [[Detector.Change]] = []
  private static let spareCount = 4

  mutating func append(_ change: Detector.Change, bin: Int32) {
    lists[bin, default: spare.popLast() ?? []].append(change)
  }

  /// Takes those of a bin out, in the place of others and sorted; false where there are none.
  mutating func take(bin: Int32, into changes: inout [Detector.Change]) -> Bool {
    guard var list = lists.removeValue(forKey: bin) else { return false }
    swap(&list, &changes)
    Detector.Change.sort(&changes)
    if spare.count < Self.spareCount, list.capacity <= Detector.Scratch.keptChangeCount {
      list.removeAll(keepingCapacity: true)
      spare.append(list)
    }
    return true
  }

  mutating func removeAll() { lists.removeAll() }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&lists, new: []) { (changes, coder) throws(StateError) in try coder.code(&changes) }
  }
}
