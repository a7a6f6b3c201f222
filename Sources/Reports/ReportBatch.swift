/// A decoded batch: one row an event, parallel arrays over one arena of bytes.
///
/// A row that was refused holds its `Rejection`, what could be read of its source, id and time, and its redacted JSON; its other
/// columns are zero. `reporter` is already a keyed hash: the raw value never gets here, nor into the JSON of refused events.
///
/// A batch without rows is a note of what its producer has announced.
package struct ReportBatch: Equatable, Sendable {
  /// A run of bytes in the arena.
  @usableFromInline package struct Slice: Equatable, Sendable {
    @usableFromInline package var offset: UInt32
    @usableFromInline package var length: UInt32
    package static let empty = Slice(offset: 0, length: 0)
    package init(offset: UInt32, length: UInt32) {
      self.offset = offset
      self.length = length
    }
    @inlinable package var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
  }

  /// The longitude of a report without a place.
  package static let nowhere = Int32.min

  /// Who sent it: the producer's name, its outbox's epoch and the sequence of the first row.
  package var producer: [UInt8]
  package var epoch: Epoch
  package var firstSequence: UInt64
  /// When the batch was received, by the aggregator's clock: the only clock the engine knows.
  package var receivedAt: Timestamp
  /// The greatest sequence that the producer has said to have sent, as far as it was noted; zero where nothing was.
  package var announcedSequence: UInt64 = 0
  /// How often the producer was asked, since its batch before, to send again what had not come.
  package var rerequestCount: UInt32 = 0

  /// Zero for a well-formed event, else `Rejection.rawValue`.
  package var rejections: [UInt8] = []
  package var times: [Timestamp] = []
  /// 10⁻⁷ degrees; both are meaningless where the longitude is `nowhere`.
  package var latitudes: [Int32] = []
  package var longitudes: [Int32] = []
  /// Metres; zero where unknown.
  package var accuracies: [Float] = []
  /// Keyed hash of (source, reporter); zero where absent.
  package var reporters: [UInt64] = []
  package var sources: [Slice] = []
  package var ids: [Slice] = []
  package var subjects: [Slice] = []
  package var texts: [Slice] = []
  package var flags: [ReportFlags] = []
  /// SimHash of the text; zero where there is none.
  package var simHashes: [UInt64] = []
  /// Row i's keywords are `keywords[keywordEnds[i - 1]..<keywordEnds[i]]`: normalised, of distinct keys, in order of appearance.
  package var keywordEnds: [UInt32] = []
  /// What an analyst sees of a keyword.
  package var keywords: [Slice] = []
  /// What makes keywords the same, one for each of `keywords`: its stems; the very same slice where they are what is seen.
  package var keywordKeys: [Slice] = []
  /// One for each refused row, in their order: its JSON, redacted, at most `Limits.eventByteCount`; empty where nothing could be
  /// kept.
  package var raws: [Slice] = []
  /// One for each erased row, in their order.
  package var erasures: [Erasure] = []
  package var arena: [UInt8] = []

  package init(producer: [UInt8], epoch: Epoch, firstSequence: UInt64, receivedAt: Timestamp) {
    self.producer = producer
    self.epoch = epoch
    self.firstSequence = firstSequence
    self.receivedAt = receivedAt
  }

  /// The number of rows.
  package var count: Int { rejections.count }

  /// The sequence of the last row; `firstSequence - 1` where there is none.
  package var lastSequence: UInt64 { firstSequence &+ UInt64(count) &- 1 }

  /// The indices in `keywords` of one row's keywords.
  package func keywordRange(_ row: Int) -> Range<Int> {
    (row == 0 ? 0 : Int(keywordEnds[row - 1]))..<Int(keywordEnds[row])
  }

  /// The redacted JSON of one refused row; empty for every other.
  ///
  /// - Complexity: O(rows).
  package func raw(_ row: Int) -> Slice {
    guard rejections[row] != 0 else { return .empty }
    return raws[rejections[..<row].count { $0 != 0 }]
  }

  /// What stays of one erased row; nil for every other.
  ///
  /// - Complexity: O(rows) for an erased row, O(1) for the others.
  package func erasure(_ row: Int) -> Erasure? {
    guard flags[row].contains(.erased) else { return nil }
    return erasures[flags[..<row].count { $0.contains(.erased) }]
  }

  /// Copies bytes to the end of the arena.
  package mutating func store(_ bytes: some Sequence<UInt8>) -> Slice {
    let offset = arena.count
    arena.append(contentsOf: bytes)
    return Slice(offset: UInt32(offset), length: UInt32(arena.count - offset))
  }

  /// Appends a refused event with what is known of it.
  package mutating func appendRejected(
    _ rejection: Rejection, source: Slice = .empty, id: Slice = .empty, time: Timestamp? = nil, raw: Slice = .empty
  ) {
    rejections.append(rejection.rawValue)
    raws.append(raw)
    times.append(time ?? Timestamp(microseconds: 0))
    latitudes.append(0)
    longitudes.append(Self.nowhere)
    accuracies.append(0)
    reporters.append(0)
    sources.append(source)
    ids.append(id)
    subjects.append(.empty)
    texts.append(.empty)
    flags.append([])
    simHashes.append(0)
    keywordEnds.append(UInt32(keywords.count))
  }

  /// Appends a well-formed event whose keywords have just been appended to `keywords`, and their keys to `keywordKeys`.
  ///
  /// Keywords that have no key yet are their own.
  package mutating func appendReport(
    time: Timestamp, place: Coordinate?, accuracyMeters: Float, reporter: UInt64,
    source: Slice, id: Slice, subject: Slice, text: Slice, flags rowFlags: ReportFlags = [], simHash: UInt64 = 0
  ) {
    rejections.append(0)
    times.append(time)
    latitudes.append(place?.latitudeE7 ?? 0)
    longitudes.append(place?.longitudeE7 ?? Self.nowhere)
    accuracies.append(accuracyMeters)
    reporters.append(reporter)
    sources.append(source)
    ids.append(id)
    subjects.append(subject)
    texts.append(text)
    flags.append(rowFlags)
    simHashes.append(simHash)
    if keywordKeys.count < keywords.count { keywordKeys += keywords[keywordKeys.count...] }
    keywordEnds.append(UInt32(keywords.count))
  }
}
