import Reports

/// Which refused events are kept: the newest, as many as both bounds allow. What they say stays in the journal.
///
/// What is kept after n events is a function of those n alone, however often it was drained: the longest run of the newest that
/// fits.
package struct Quarantine: Sendable {
  /// The producer under whose name refused events are sent again. What it sends is taken as from any other; only that the events
  /// which it repeats are marked.
  package static let producerName = Array("quarantine".utf8)

  private struct Entry {
    var refusal: Changes.Refusal
    var byteCount: Int
    /// Of source and id; nil where they could not be read.
    var identity: UInt64?
    var retry: Changes.Retry?

    mutating func code(_ coder: inout some StateCoder) throws(StateError) {
      try coder.code(&refusal.number)
      try coder.code(&refusal.rejection)
      try coder.code(&refusal.producer)
      try coder.code(&refusal.sequence)
      try coder.code(&refusal.receivedAt)
      try coder.code(&refusal.position)
      try coder.code(&refusal.row)
      try coder.code(&byteCount)
      try coder.code(&identity)
      let none = Changes.Retry(number: 0, count: 0, at: Timestamp(microseconds: 0), verdict: .accepted)
      try coder.code(&retry, new: none) { (retry, coder) throws(StateError) in
        try coder.code(&retry.number)
        try coder.code(&retry.count)
        try coder.code(&retry.at)
        try coder.code(&retry.verdict)
      }
    }

    /// What a snapshot is read into.
    static var blank: Self {
      let refusal = Changes.Refusal(
        number: 0, rejection: .conflict, producer: 0, sequence: 0, receivedAt: Timestamp(microseconds: 0), position: 0, row: 0)
      return Self(refusal: refusal, byteCount: 0)
    }
  }

  private let eventLimit: Int
  private let byteLimit: Int
  private var entries: [Entry] = []
  /// Entries before this index are gone.
  private var head = 0
  private var byteCount = 0
  private var refusedCount: UInt64 = 0
  /// The kept events of one identity, ascending.
  private var numbers: [UInt64: [UInt64]] = [:]
  private var drainedThrough: UInt64 = 0
  private var isDirty = false
  private var retried: Set<UInt64> = []

  init(eventLimit: Int, byteLimit: Int) {
    self.eventLimit = eventLimit
    self.byteLimit = byteLimit
  }

  private var firstNumber: UInt64 { refusedCount + 1 - UInt64(entries.count - head) }

  /// Keeps one refused event and lets the oldest go where there is no room.
  ///
  /// - Complexity: O(1) amortised.
  mutating func keep(
    _ rejection: Rejection, of batch: ReportBatch, _ row: Int, producer: UInt32, position: UInt64, identity: UInt64?
  ) {
    refusedCount += 1
    isDirty = true
    let number = refusedCount
    let refusal = Changes.Refusal(
      number: number, rejection: rejection, producer: producer, sequence: batch.firstSequence &+ UInt64(row),
      receivedAt: batch.receivedAt, position: position, row: UInt32(row))
    let entry = Entry(refusal: refusal, byteCount: Self.byteCount(batch, row), identity: identity)
    entries.append(entry)
    byteCount += entry.byteCount
    if let identity { numbers[identity, default: []].append(number) }
    while entries.count - head > eventLimit || byteCount > byteLimit { dropOldest() }
    if head > 1_024, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
  }

  /// The bytes that are kept of a row: its JSON, or what a well-formed one is made of.
  private static func byteCount(_ batch: ReportBatch, _ row: Int) -> Int {
    if batch.rejections[row] != 0 { return Int(batch.raw(row).length) }
    let slices = [batch.sources[row], batch.ids[row], batch.subjects[row], batch.texts[row]]
    return (slices + batch.keywords[batch.keywordRange(row)]).reduce(256) { $0 + Int($1.length) }
  }

  private mutating func dropOldest() {
    let entry = entries[head]
    head += 1
    byteCount -= entry.byteCount
    retried.remove(entry.refusal.number)
    guard let identity = entry.identity, let known = numbers[identity] else { return }
    numbers[identity] = known.count == 1 ? nil : Array(known.dropFirst())
  }

  /// Takes note of what became of an event that was sent again: of every kept one with its identity that was not taken yet.
  ///
  /// - Returns: False where none is kept.
  mutating func note(_ verdict: Verdict, of identity: UInt64, at time: Timestamp) -> Bool {
    guard let known = numbers[identity] else { return false }
    for number in known {
      let index = head + Int(number - firstNumber)
      let before = entries[index].retry
      if let before, before.isSettled { continue }
      entries[index].retry = Changes.Retry(number: number, count: (before?.count ?? 0) + 1, at: time, verdict: verdict)
      retried.insert(number)
    }
    return true
  }

  /// What has changed since the last time; what was kept and dropped in between never shows.
  mutating func drain(into changes: inout Changes) {
    let firstNumber = firstNumber
    if isDirty {
      changes.quarantine = Changes.Quarantined(
        refusedCount: refusedCount, firstNumber: firstNumber,
        firstPosition: head < entries.count ? entries[head].refusal.position : .max)
      let start = head + Int(max(firstNumber, drainedThrough + 1) - firstNumber)
      changes.refusals = entries[start...].map(\.refusal)
      drainedThrough = refusedCount
      isDirty = false
    }
    changes.retries = retried.sorted().compactMap { entries[head + Int($0 - firstNumber)].retry }
    retried.removeAll(keepingCapacity: true)
  }

  // MARK: State

  /// Its state, for a snapshot.
  mutating func code(_ coder: inout some StateCoder) throws(StateError) {
    try coder.code(&entries, new: .blank) { (one, coder) throws(StateError) in try one.code(&coder) }
    try coder.code(&head)
    try coder.code(&byteCount)
    try coder.code(&refusedCount)
    try coder.code(&numbers, new: []) { (own, coder) throws(StateError) in try coder.code(&own) }
    try coder.code(&drainedThrough)
    try coder.code(&isDirty)
    var waiting = coder.ordered(Array(retried))
    try coder.code(passing: &waiting)
    retried = Set(waiting)
  }
}

extension Changes.Retry {
  /// Whether the event is held now: nothing is left to be tried.
  package var isSettled: Bool { verdict == .accepted || verdict == .duplicateOfIdentity }
}
