import Journal
import Reports
import TestSupport

let sampleStore = StoreID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

/// A batch and where the writer said it stands.
struct Entry: Equatable {
  var batch: ReportBatch
  var range: Range<UInt64>
}

/// A small batch that no other number gives.
func sampleBatch(_ number: UInt64, _ random: inout SeededGenerator) -> ReportBatch {
  var batch = ReportBatch(
    producer: Array("p".utf8), epoch: Epoch(high: 1, low: number), firstSequence: number * 10 + 1,
    receivedAt: Timestamp(seconds: Int64(number)))
  for row in 0..<Int.random(in: 0...2, using: &random) {
    let text = batch.store((0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    batch.appendReport(
      time: Timestamp(seconds: Int64(row)), place: nil, accuracyMeters: 0, reporter: random.next(), source: .empty, id: .empty,
      subject: .empty, text: text)
  }
  return batch
}

/// Recovers and opens a journal for writing.
func openWriter(
  _ storage: any JournalStorage, segmentByteCount: Int = 1 << 20, bufferByteCount: Int = 1 << 20
) throws -> JournalWriter {
  try JournalWriter(
    storage: storage, store: sampleStore, recovered: JournalRecovery.recover(storage, store: sampleStore),
    segmentByteCount: segmentByteCount, bufferByteCount: bufferByteCount)
}

/// A journal of some batches, all of them synced; each flush and sync stands for itself.
func sampleJournal(
  batches: UInt64, segmentByteCount: Int = 1 << 20, seed: UInt64 = 0
) throws -> (storage: FaultyStorage, entries: [Entry]) {
  var random = SeededGenerator(seed: seed)
  let storage = FaultyStorage()
  let writer = try openWriter(storage, segmentByteCount: segmentByteCount)
  var entries: [Entry] = []
  for number in 0..<batches {
    let batch = sampleBatch(number, &random)
    entries.append(Entry(batch: batch, range: try writer.append(batch)))
    try writer.flush()
    try writer.synchronizer.sync(upTo: writer.writtenPosition)
  }
  return (storage, entries)
}

/// Everything that a reader gives before it ends or throws.
func readAll(_ storage: any JournalStorage, from position: UInt64 = 0) -> (entries: [Entry], error: JournalError?) {
  var reader = JournalReader(storage: storage, store: sampleStore, from: position)
  var entries: [Entry] = []
  do throws(JournalError) {
    while let (batch, range) = try reader.next() { entries.append(Entry(batch: batch, range: range)) }
    return (entries, nil)
  } catch {
    return (entries, error)
  }
}
