import Reports

/// What stands in a linked list: the index of the next, or `Node.none`.
private protocol ListElement { var next: UInt32 { get } }

extension EvidencePool.Source: ListElement {}
extension EvidencePool.Mark: ListElement {}
extension EvidencePool.Sample: ListElement {}

/// Short linked lists that hang below the nodes: their distinct sources, their earliest samples, and the marks of their reports.
struct EvidencePool {
  struct Source {
    var number: UInt32
    var next: UInt32
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
    var next = Node.none
    /// Fills up to whole words: what stands between values would be taken down with them.
    private let filler: UInt32 = 0

    init(identity: UInt32, place: UInt32, text: UInt64) {
      self.identity = identity
      self.place = place
      self.text = text
    }
  }

  /// A report that may stand as an example: its place in the journal and what decides between two.
  struct Sample: Equatable {
    var time: Timestamp
    var textHash: UInt64
    var identityHash: UInt64
    var position: UInt64
    var row: UInt32
    var next = Node.none

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

  /// Puts an element of a list where there is room: where one was let go of, else at the end.
  private static func place<Element: ListElement>(_ element: Element, in elements: inout [Element], free: inout UInt32) -> UInt32
  {
    guard free != Node.none else {
      elements.append(element)
      return UInt32(elements.count - 1)
    }
    let slot = free
    free = elements[Int(slot)].next
    elements[Int(slot)] = element
    return slot
  }

  private var sources: [Source] = []
  private var freeSource = Node.none
  private var samples: [Sample] = []
  private var freeSample = Node.none
  private var marks: [Mark] = []
  private var freeMark = Node.none

  // MARK: Sources

  /// Puts a source at the head of a list.
  mutating func addSource(_ number: UInt32, head: inout UInt32) {
    head = Self.place(Source(number: number, next: head, witnessCount: 0), in: &sources, free: &freeSource)
  }

  /// The newest source of a list, or nil.
  func newestSource(_ head: UInt32) -> UInt32? { head == Node.none ? nil : sources[Int(head)].number }

  /// Counts a witness for a source of a list.
  mutating func countWitness(_ number: UInt32, head: UInt32) {
    var index = head
    while index != Node.none {
      if sources[Int(index)].number == number {
        sources[Int(index)].witnessCount = min(sources[Int(index)].witnessCount, .max - 1) + 1
        return
      }
      index = sources[Int(index)].next
    }
  }

  /// Calls `body` with the sources of a list and their witnesses.
  func forEachSource(_ head: UInt32, _ body: (UInt32, UInt32) -> Void) {
    var index = head
    while index != Node.none {
      body(sources[Int(index)].number, sources[Int(index)].witnessCount)
      index = sources[Int(index)].next
    }
  }

  func appendSources(_ head: UInt32, to numbers: inout [UInt32]) {
    var index = head
    while index != Node.none {
      numbers.append(sources[Int(index)].number)
      index = sources[Int(index)].next
    }
  }

  mutating func freeSources(_ head: UInt32) {
    var index = head
    while index != Node.none {
      let next = sources[Int(index)].next
      sources[Int(index)].next = freeSource
      freeSource = index
      index = next
    }
  }

  // MARK: Marks

  /// Adds a mark to a list that ascends by identity and keeps the least `Limits.nodeMarkCount`: whatever the order, the same.
  mutating func addMark(_ mark: Mark, head: inout UInt32) {
    var previous = Node.none
    var index = head
    var position = 0
    while index != Node.none, marks[Int(index)].identity < mark.identity {
      previous = index
      index = marks[Int(index)].next
      position += 1
    }
    guard position < Limits.nodeMarkCount else { return }
    var added = mark
    added.next = index
    let slot = Self.place(added, in: &marks, free: &freeMark)
    if previous == Node.none { head = slot } else { marks[Int(previous)].next = slot }
    while index != Node.none {
      position += 1
      if position == Limits.nodeMarkCount {
        // This one has been pushed out: it is the last.
        var last = slot
        while marks[Int(last)].next != index { last = marks[Int(last)].next }
        marks[Int(last)].next = Node.none
        freeMarks(index)
        return
      }
      index = marks[Int(index)].next
    }
  }

  func forEachMark(_ head: UInt32, _ body: (Mark) -> Void) {
    var index = head
    while index != Node.none {
      body(marks[Int(index)])
      index = marks[Int(index)].next
    }
  }

  mutating func freeMarks(_ head: UInt32) {
    var index = head
    while index != Node.none {
      let next = marks[Int(index)].next
      marks[Int(index)].next = freeMark
      freeMark = index
      index = next
    }
  }

  // MARK: Samples

  /// True where a report at this time cannot enter a list any more: it is full, and all its samples are earlier.
  func isTooLate(_ time: Timestamp, head: UInt32) -> Bool {
    var length = 0
    var index = head
    while index != Node.none {
      length += 1
      let sample = samples[Int(index)]
      if sample.next == Node.none { return length >= Limits.sampleCount && sample.time < time }
      index = sample.next
    }
    return false
  }

  /// Puts a sample into a list: ascending, texts distinct, at most `Limits.sampleCount`; what `earliestDistinct` would leave of all.
  mutating func addSample(_ sample: Sample, head: inout UInt32) {
    var previous = Node.none
    var index = head
    var position = 0
    while index != Node.none, !sample.precedes(samples[Int(index)]) {
      if samples[Int(index)].textHash == sample.textHash { return }
      previous = index
      index = samples[Int(index)].next
      position += 1
    }
    guard position < Limits.sampleCount else { return }
    var added = sample
    added.next = index
    let slot = Self.place(added, in: &samples, free: &freeSample)
    if previous == Node.none { head = slot } else { samples[Int(previous)].next = slot }
    previous = slot
    while index != Node.none {
      position += 1
      let next = samples[Int(index)].next
      if samples[Int(index)].textHash == sample.textHash || position == Limits.sampleCount {
        // The text's later sample, or the one that has been pushed out: never both, for there was one too few of them before.
        samples[Int(previous)].next = next
        samples[Int(index)].next = Node.none
        return freeSamples(index)
      }
      previous = index
      index = next
    }
  }

  func appendSamples(_ head: UInt32, to list: inout [Sample]) {
    var index = head
    while index != Node.none {
      list.append(samples[Int(index)])
      index = samples[Int(index)].next
    }
  }

  mutating func freeSamples(_ head: UInt32) {
    var index = head
    while index != Node.none {
      let next = samples[Int(index)].next
      samples[Int(index)].next = freeSample
      samples[Int(index)].position = .max
      freeSample = index
      index = next
    }
  }

  /// The least position of a sample's batch; `.max` without any.
  var oldestPosition: UInt64 { samples.reduce(.max) { min($0, $1.position) } }

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

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&sources)
    try coder.code(&freeSource)
    try coder.code(&samples)
    try coder.code(&freeSample)
    try coder.code(&marks)
    try coder.code(&freeMark)
  }
}
