import Reports

/// What hangs below the nodes: their distinct sources, their earliest samples, and the marks of their reports.
struct EvidencePool: ~Copyable {
  struct Source {
    var number: UInt32
    /// Witnesses that it was the first to bring.
    var witnessCount: UInt32
  }

  /// What is kept of a report to compare it with others: hashes only.
  struct Mark {
    /// Of source and id: the same under every keyword.
    var identity: UInt32
    /// Of the exact coordinates; zero without a place.
    var place: UInt32
    /// SimHash of the text; zero without one.
    var text: UInt64

    /// By identity; of two reports that share one, by what else is known: never by arrival.
    static func < (a: Self, b: Self) -> Bool { (a.identity, a.place, a.text) < (b.identity, b.place, b.text) }
  }

  /// A report that may stand as an example: its place in the journal and what decides between two.
  struct Sample: Equatable {
    var time: Timestamp
    var textHash: UInt64
    var identityHash: UInt64
    var position: UInt64
    var row: UInt32
    /// Fills up to whole words: what stands between values would be taken down with them.
    private let filler: UInt32 = 0

    init(time: Timestamp, textHash: UInt64, identityHash: UInt64, position: UInt64, row: UInt32) {
      self.time = time
      self.textHash = textHash
      self.identityHash = identityHash
      self.position = position
      self.row = row
    }

    /// Earliest first; ties by text, then by identity: never by arrival.
    func precedes(_ other: Sample) -> Bool {
      if time != other.time { return time < other.time }
      if textHash != other.textHash { return textHash < other.textHash }
      return identityHash < other.identityHash
    }

    static func == (a: Sample, b: Sample) -> Bool {
      a.time == b.time && a.textHash == b.textHash && a.identityHash == b.identityHash
    }
  }

  private var sources = Slab(limit: Limits.distinctSourceCount + 1, blank: Source(number: 0, witnessCount: 0))
  private var samples = Slab(
    limit: Limits.sampleCount,
    blank: Sample(time: Timestamp(microseconds: 0), textHash: 0, identityHash: 0, position: .max, row: 0))
  private var marks = Slab(limit: Limits.nodeMarkCount, blank: Mark(identity: 0, place: 0, text: 0))

  /// Bytes in use of all places.
  var byteCount: Int { sources.byteCount + samples.byteCount + marks.byteCount }

  // MARK: Sources

  /// Puts a report's source among those of a run, in the order in which they came, and counts its witness where it brought one.
  ///
  /// - Complexity: O(length of the run): a node hears few sources.
  @inline(__always)
  mutating func addSource(_ number: UInt32, bringsWitness: Bool, to run: inout Run) {
    for index in sources.indices(run) where sources[index].number == number {
      if bringsWitness { sources[index].witnessCount = min(sources[index].witnessCount, .max - 1) + 1 }
      return
    }
    sources.append(Source(number: number, witnessCount: bringsWitness ? 1 : 0), to: &run)
  }

  /// The newest source of a run, or nil.
  func newestSource(_ run: Run) -> UInt32? { run.count == 0 ? nil : sources[sources.indices(run).upperBound - 1].number }

  /// Calls `body` with the sources of a run and their witnesses.
  @inline(__always)
  func forEachSource(_ run: Run, _ body: (UInt32, UInt32) -> Void) {
    for index in sources.indices(run) { body(sources[index].number, sources[index].witnessCount) }
  }

  // MARK: Marks

  /// Adds a mark to a run that keeps the least `Limits.nodeMarkCount`: whatever the order, the same.
  ///
  /// - Returns: Whether the run is another now.
  /// - Complexity: O(1) until it is full; then O(1), and O(log n) for one of the least.
  mutating func addMark(_ mark: Mark, to run: inout Run) -> Bool {
    guard run.count == Limits.nodeMarkCount else {
      marks.append(mark, to: &run)
      // In order once it is full: from then on only the least come in.
      if run.count == Limits.nodeMarkCount { sort(run) }
      return true
    }
    let indices = marks.indices(run)
    guard mark < marks[indices.upperBound - 1] else { return false }
    var (low, high) = (indices.lowerBound, indices.upperBound - 1)
    while low < high {
      let middle = (low + high) / 2
      if marks[middle] < mark { low = middle + 1 } else { high = middle }
    }
    marks.insert(mark, at: low - indices.lowerBound, to: &run)
    return true
  }

  private mutating func sort(_ run: Run) {
    let indices = marks.indices(run)
    for end in indices.dropFirst() {
      let mark = marks[end]
      var index = end
      while index > indices.lowerBound, mark < marks[index - 1] {
        marks[index] = marks[index - 1]
        index -= 1
      }
      marks[index] = mark
    }
  }

  /// Calls `body` with the marks of a run, in no order that means anything.
  @inline(__always)
  func forEachMark(_ run: Run, _ body: (Mark) -> Void) {
    for index in marks.indices(run) { body(marks[index]) }
  }

  /// Leaves the marks of a run, in their order, in a list whose memory is used again.
  func sortMarks(_ run: Run, into sorted: inout [Mark]) {
    sorted.removeAll(keepingCapacity: true)
    for index in marks.indices(run) { sorted.append(marks[index]) }
    if run.count < Limits.nodeMarkCount { sorted.sort { $0 < $1 } }
  }

  // MARK: Samples

  /// Puts a sample into a run: ascending, texts distinct, at most `Limits.sampleCount`; what `earliestDistinct` would leave of all.
  mutating func addSample(_ sample: Sample, to run: inout Run) {
    let indices = samples.indices(run)
    if run.count == Limits.sampleCount, samples[indices.upperBound - 1].time < sample.time { return }
    var position = 0
    while position < indices.count {
      let other = samples[indices.lowerBound + position]
      if sample.precedes(other) { break }
      if other.textHash == sample.textHash { return }
      position += 1
    }
    guard position < Limits.sampleCount else { return }
    // The text's later sample goes: never that and the last one, for there was one too few of them before.
    for later in position..<max(position, indices.count) where samples[indices.lowerBound + later].textHash == sample.textHash {
      samples.remove(at: later, from: &run)
      break
    }
    samples.insert(sample, at: position, to: &run)
  }

  /// Calls `body` with the samples of a run, ascending, until it gives false.
  @inline(__always)
  func forEachSample(_ run: Run, _ body: (Sample) -> Bool) {
    for index in samples.indices(run) where !body(samples[index]) { return }
  }

  /// The least position of a sample's batch; `.max` without any.
  var oldestPosition: UInt64 { samples.indices.reduce(.max) { min($0, samples[$1].position) } }

  /// The earliest sample of each text, and of these the first few.
  ///
  /// Dropping the rest loses nothing: a text's earliest sample only moves forward, so one that falls out stays out.
  static func earliestDistinct(_ list: [Sample]) -> [Sample] {
    var kept: [Sample] = []
    for sample in list.sorted(by: { $0.precedes($1) }) where kept.count < Limits.sampleCount {
      if !kept.contains(where: { $0.textHash == sample.textHash }) { kept.append(sample) }
    }
    return kept
  }

  // MARK: Reading ahead

  /// Something of all that a report may touch: where each run of a node ends, and of its sources where they begin.
  @inline(__always)
  func glance(at node: Node) -> UInt64 {
    var sum: UInt64 = 0
    if node.sources.count > 0 { sum &+= UInt64(sources[Int(node.sources.start)].number) }
    if node.samples.count > 0 { sum &+= samples[samples.indices(node.samples).upperBound - 1].textHash }
    if node.marks.count > 0 { sum &+= marks[marks.indices(node.marks).upperBound - 1].text }
    return sum
  }

  // MARK: Letting go

  /// Gives back all that a node holds.
  mutating func removeAll(of node: inout Node) {
    sources.removeAll(&node.sources)
    samples.removeAll(&node.samples)
    marks.removeAll(&node.marks)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try sources.code(&coder)
    try samples.code(&coder)
    try marks.code(&coder)
  }
}
