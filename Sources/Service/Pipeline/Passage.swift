import Engine
package import Reports

/// A batch on its way through the stages, and what becomes of it. One thread at a time has it; when it is answered it is used again,
/// so that in the long run no batch asks for memory.
package final class Passage: @unchecked Sendable {
  package var batch: ReportBatch
  /// Those of the batch, where the intake has taken them because the engine was busy; else none.
  var hashes = RowHashes()
  /// A verdict a row, once it is judged.
  package internal(set) var verdicts: [Verdict] = []
  /// The positions of its record in the journal, once it is written.
  package internal(set) var range: Range<UInt64> = 0..<0

  // Of one column each: whoever asks the batch has all of them retained.
  var rowCount: Int { batch.rejections.count }
  var arenaByteCount: Int { batch.arena.count }

  /// Bytes of the memory that it has, used or not.
  var heldByteCount: Int {
    batch.heldByteCount + hashes.heldByteCount + verdicts.capacity * MemoryLayout<Verdict>.stride
  }

  package init(_ batch: ReportBatch) { self.batch = batch }
}
