import Journal
import Platform
import Reports

/// Finds out what an outbox's folder holds, and mends what may be mended without a word from its owner.
struct OutboxOpening {
  let headFile: OutboxHeadFile
  private(set) var head: OutboxHead
  private(set) var scan: JournalScan
  private(set) var notices: [Notice] = []
  private(set) var lastNumber: UInt64 = 0
  private(set) var checkpoint: [UInt8]
  private let location: String
  private let isNew: Bool
  private var mustRenew: Bool

  init(_ storage: any JournalStorage, renewing: Bool) throws(OutboxError) {
    location = storage.location
    let (headFile, found) = try OutboxHeadFile.open(in: storage)
    self.headFile = headFile
    let owner = try OutboxError.journal(location) { () throws(JournalError) in try Journal.owner(of: storage) }
    isNew = found == nil && owner == nil
    mustRenew = renewing || found == nil
    let fresh = try OutboxError.wrapping(location) { () throws(SystemError) in
      let store = StoreID(high: try SecureRandom.integer(), low: try SecureRandom.integer())
      return OutboxHead(outbox: owner ?? store, epoch: try Epoch.random())
    }
    head = found ?? fresh
    checkpoint = head.checkpoint
    scan = JournalScan()
    if found == nil, !isNew { notices.append(.headLost(path: location + "/" + OutboxHeadFile.name)) }
    try recover(storage, renewing: renewing)
    try fold(storage, isHeadKnown: found != nil, renewing: renewing)
    if renewing, !isNew { notices.append(.renewed) }
  }

  private mutating func recover(_ storage: any JournalStorage, renewing: Bool) throws(OutboxError) {
    // What was acknowledged had been synced, whatever the last note said.
    var known = max(head.syncedPosition, head.acknowledgedPosition)
    let store = head.outbox
    if renewing {
      let setAside = try OutboxError.journal(location) { () throws(JournalError) in
        try JournalRecovery.repair(storage, store: store, syncedPosition: known)
      }
      if !setAside.isEmpty { notices.append(.setAside(setAside.map(\.name))) }
      known = 0
      // A mark of the caller may have come with an event that is lost; he is to begin again rather than to leave one out.
      checkpoint = []
      head.checkpoint = []
    }
    scan = try OutboxError.journal(location) { () throws(JournalError) in
      try JournalRecovery.recover(storage, store: store, syncedPosition: known)
    }
    if let tail = scan.tornTail { notices.append(.tornTail("\(tail)")) }
    guard let first = scan.segments.first, first.start > head.acknowledgedPosition, !renewing, !mustRenew else { return }
    throw .damaged(
      path: location + "/" + first.name,
      "events that were not acknowledged stood before position \(first.start), and are missing")
  }

  /// Reads all records: the numbers must follow one another.
  private mutating func fold(_ storage: any JournalStorage, isHeadKnown: Bool, renewing: Bool) throws(OutboxError) {
    let start = scan.segments.first?.start ?? 0
    let store = head.outbox
    var reader = JournalReader(storage: storage, store: store, from: start, limit: scan.end)
    var firstNumber: UInt64?
    while let (bytes, range) = try OutboxError.journal(
      location, { () throws(JournalError) in try reader.nextBytes() })
    {
      guard let record = OutboxRecord(bytes), firstNumber == nil || record.first == lastNumber + 1 else {
        throw .damaged(path: location, "position \(range.lowerBound) holds no event that follows the one before")
      }
      firstNumber = firstNumber ?? record.first
      lastNumber = record.last
      if let mark = record.checkpoint { checkpoint = mark }
    }
    let before = firstNumber.map { $0 - 1 }
    if !renewing, isHeadKnown {
      guard (before ?? head.acknowledgedThrough) <= head.acknowledgedThrough else {
        throw .damaged(path: location, "events from number \(head.acknowledgedThrough + 1) on are missing at the front")
      }
      guard firstNumber == nil || lastNumber >= head.acknowledgedThrough else {
        throw .damaged(
          path: location, "events up to number \(head.acknowledgedThrough) were acknowledged, but it ends at \(lastNumber)")
      }
      lastNumber = max(lastNumber, head.acknowledgedThrough)
    } else if let before {
      // What the head knew may be of another time: whatever is here is to be sent.
      head.acknowledgedThrough = isHeadKnown ? min(max(head.acknowledgedThrough, before), lastNumber) : before
      head.acknowledgedPosition = isHeadKnown ? min(max(head.acknowledgedPosition, start), scan.end) : start
    } else {
      lastNumber = head.acknowledgedThrough
      head.acknowledgedPosition = scan.end
    }
  }

  /// Compares where the outbox is, and whose, with where and whose it was, begins a new epoch where one is due, and puts all of it
  /// on the disk.
  mutating func settle(name: String, at origin: FileOrigin) throws(OutboxError) {
    let isRenamed = head.setName(name)
    if !isNew, !mustRenew, !head.isAt(origin) {
      notices.append(.copied(path: location))
      mustRenew = true
    }
    if !isNew, !mustRenew, isRenamed {
      notices.append(.renamed(name))
      mustRenew = true
    }
    let epoch = try OutboxError.wrapping(location) { () throws(SystemError) in try Epoch.random() }
    if mustRenew { head.renew(epoch) }
    head.setOrigin(origin)
    head.syncedPosition = min(head.syncedPosition, scan.end)
    var head = head
    try OutboxError.wrapping(location) { () throws(SystemError) in
      try headFile.commit(&head)
      try headFile.commit(&head)
    }
    self.head = head
  }
}
