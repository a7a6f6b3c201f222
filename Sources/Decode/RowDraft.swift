import Reports
import Terms

/// Rows that are being made, before all of them are copied into a batch at once, a column after the other.
@safe struct RowDraft: ~Copyable {
  struct Row: BitwiseCopyable {
    var time = Timestamp(microseconds: 0)
    var reporter: UInt64 = 0
    var simHash: UInt64 = 0
    var source = ReportBatch.Slice.empty
    var id = ReportBatch.Slice.empty
    var subject = ReportBatch.Slice.empty
    var text = ReportBatch.Slice.empty
    var latitude: Int32 = 0
    var longitude = Int32.min
    var accuracyMeters: Float = 0
    var keywordEnd: UInt32 = 0
    var rejection: UInt8 = 0
    var flags = ReportFlags(rawValue: 0)
  }

  private static let capacity = 512

  var terms = TermDraft(eventCount: capacity)
  private(set) var count = 0
  /// The columns of a batch, under their names.
  private let rejections: UnsafeMutablePointer<UInt8> = .allocate(capacity: capacity)
  private let times: UnsafeMutablePointer<Timestamp> = .allocate(capacity: capacity)
  private let latitudes: UnsafeMutablePointer<Int32> = .allocate(capacity: capacity)
  private let longitudes: UnsafeMutablePointer<Int32> = .allocate(capacity: capacity)
  private let accuracies: UnsafeMutablePointer<Float> = .allocate(capacity: capacity)
  private let reporters: UnsafeMutablePointer<UInt64> = .allocate(capacity: capacity)
  private let sources: UnsafeMutablePointer<ReportBatch.Slice> = .allocate(capacity: capacity)
  private let ids: UnsafeMutablePointer<ReportBatch.Slice> = .allocate(capacity: capacity)
  private let subjects: UnsafeMutablePointer<ReportBatch.Slice> = .allocate(capacity: capacity)
  private let texts: UnsafeMutablePointer<ReportBatch.Slice> = .allocate(capacity: capacity)
  private let flags: UnsafeMutablePointer<ReportFlags> = .allocate(capacity: capacity)
  private let simHashes: UnsafeMutablePointer<UInt64> = .allocate(capacity: capacity)
  private let keywordEnds: UnsafeMutablePointer<UInt32> = .allocate(capacity: capacity)
  /// The redacted JSON of refused rows.
  private var raws: [ReportBatch.Slice] = []
  private var keywordOffset = 0
  /// By the batch's clock.
  private(set) var receivedAt = Timestamp(microseconds: 0)

  deinit {
    unsafe rejections.deallocate()
    unsafe times.deallocate()
    unsafe latitudes.deallocate()
    unsafe longitudes.deallocate()
    unsafe accuracies.deallocate()
    unsafe reporters.deallocate()
    unsafe sources.deallocate()
    unsafe ids.deallocate()
    unsafe subjects.deallocate()
    unsafe texts.deallocate()
    unsafe flags.deallocate()
    unsafe simHashes.deallocate()
    unsafe keywordEnds.deallocate()
  }

  /// Whether one more event finds room.
  var hasRoom: Bool { count < Self.capacity && terms.hasRoom }

  /// The rejection of the last row, zero where there is none.
  var lastRejection: UInt8 { unsafe count > 0 ? rejections[count - 1] : 0 }

  /// Forgets everything; what follows will stand at the end of a batch.
  mutating func begin(_ batch: borrowing ReportBatch) {
    terms.begin(batch)
    count = 0
    raws.removeAll(keepingCapacity: true)
    keywordOffset = batch.keywords.count
    receivedAt = batch.receivedAt
  }

  /// Appends a row, whose keywords are the last of `terms`.
  @inline(__always)
  mutating func append(_ row: Row) {
    precondition(count < Self.capacity)
    unsafe rejections[count] = row.rejection
    unsafe times[count] = row.time
    unsafe latitudes[count] = row.latitude
    unsafe longitudes[count] = row.longitude
    unsafe accuracies[count] = row.accuracyMeters
    unsafe reporters[count] = row.reporter
    unsafe sources[count] = row.source
    unsafe ids[count] = row.id
    unsafe subjects[count] = row.subject
    unsafe texts[count] = row.text
    unsafe flags[count] = row.flags
    unsafe simHashes[count] = row.simHash
    unsafe keywordEnds[count] = UInt32(truncatingIfNeeded: keywordOffset + terms.keywordCount)
    count += 1
  }

  mutating func appendRejected(
    _ rejection: Rejection, source: ReportBatch.Slice = .empty, id: ReportBatch.Slice = .empty, time: Timestamp? = nil,
    raw: ReportBatch.Slice = .empty
  ) {
    var row = Row()
    row.rejection = rejection.rawValue
    row.source = source
    row.id = id
    row.time = time ?? row.time
    raws.append(raw)
    append(row)
  }

  /// Copies all rows to the end of a batch, and begins anew. Complexity: O(rows + bytes), a copy a column.
  mutating func flush(into batch: inout ReportBatch) {
    unsafe put(rejections, into: &batch.rejections)
    unsafe put(times, into: &batch.times)
    unsafe put(latitudes, into: &batch.latitudes)
    unsafe put(longitudes, into: &batch.longitudes)
    unsafe put(accuracies, into: &batch.accuracies)
    unsafe put(reporters, into: &batch.reporters)
    unsafe put(sources, into: &batch.sources)
    unsafe put(ids, into: &batch.ids)
    unsafe put(subjects, into: &batch.subjects)
    unsafe put(texts, into: &batch.texts)
    unsafe put(flags, into: &batch.flags)
    unsafe put(simHashes, into: &batch.simHashes)
    unsafe put(keywordEnds, into: &batch.keywordEnds)
    batch.raws += raws
    terms.flush(into: &batch)
    begin(batch)
  }

  @inline(__always)
  private func put<Value>(_ source: UnsafeMutablePointer<Value>, into column: inout [Value]) {
    unsafe column.append(contentsOf: UnsafeBufferPointer(start: source, count: count))
  }
}
