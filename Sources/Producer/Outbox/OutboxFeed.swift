import Journal
import Platform
import Reports
package import Wire

/// Between an outbox and the state machine that sends: gathers batches, reads them again, and tells the outbox what was answered
/// for. No socket, no thread; its clock is the caller's.
///
/// Nothing is offered that is not on the disk, together with the mark that it may have been sent.
package struct OutboxFeed {
  private static let retryNanoseconds: UInt64 = 500_000_000

  private let outbox: Outbox
  private let settings: ProducerSettings
  private let base: UInt64
  private var reader: OutboxReader
  /// Where the next event stands that was not offered.
  private var cursor: OutboxCursor
  /// Since when events wait for more.
  private var waitingSince: UInt64?
  /// While the disk has no space for the mark.
  private var pausedUntil: UInt64?
  /// The batch that was read last: mostly it is the next to be sent.
  private var last: OutboxBatch?

  package init(_ outbox: Outbox, settings: ProducerSettings) {
    self.outbox = outbox
    self.settings = settings
    base = outbox.base
    reader = OutboxReader(outbox)
    cursor = outbox.front
  }

  /// The state machine of the outbox's epoch.
  package func makeSender(name: String, at now: UInt64) -> BatchSender {
    let past = BatchSender.Past(
      acknowledgedThrough: outbox.acknowledgedThrough - base, sentThrough: outbox.sentThrough - base)
    return BatchSender(producer: name, epoch: outbox.epoch, settings: settings, past: past, at: now)
  }

  /// The number of the event that has a sequence.
  package func number(of sequence: UInt64) -> UInt64 { base + sequence }

  /// Offers a batch if one is due and may be sent; whether one was.
  package mutating func offer(to sender: inout BatchSender, at now: UInt64) throws(ProducerError) -> Bool {
    if let time = pausedUntil, now >= time { pausedUntil = nil }
    guard sender.isEstablished, sender.canOffer, pausedUntil == nil else { return false }
    let eventCount = max(1, min(settings.batchEventCount, Int(clamping: sender.limits.batchEvents), Limits.batchEventCount))
    let byteCount = min(settings.batchByteCount, Int(clamping: sender.limits.batchBytes), Limits.batchByteCount)
    guard isDue(eventCount: eventCount, byteCount: byteCount, at: now) else { return false }
    let written = outbox.written()
    do throws(OutboxError) {
      let read = try reader.batch(from: cursor, limit: written.position, eventCount: eventCount, byteCount: byteCount)
      guard let batch = read else { return false }
      let through = batch.end.number - 1
      if through > outbox.sentThrough {
        try outbox.prepare(sendingThrough: min(written.number, through + settings.windowEventCount))
      }
      cursor = batch.end
      waitingSince = nil
      last = batch
    } catch {
      guard case .diskFull = error else { throw .outbox(error) }
      pausedUntil = now + Self.retryNanoseconds
      return false
    }
    if let batch = last { try sender.offer(batch) }
    return true
  }

  /// Whether a whole batch is there, or what is there has waited long enough.
  private mutating func isDue(eventCount: Int, byteCount: Int, at now: UInt64) -> Bool {
    guard outbox.written(awaiting: cursor.number).number >= cursor.number else {
      waitingSince = nil
      return false
    }
    let written = outbox.written(awaiting: cursor.number + UInt64(eventCount) - 1)
    let since = waitingSince ?? now
    waitingSince = since
    return written.isUrgent || written.number >= cursor.number + UInt64(eventCount) - 1
      || written.position >= cursor.position + UInt64(byteCount) || now >= since + settings.lingerMilliseconds * 1_000_000
  }

  /// When `offer` has something to do next although nothing happens; nil for never.
  package func deadline(for sender: BatchSender) -> UInt64? {
    guard sender.isEstablished, sender.canOffer else { return nil }
    return pausedUntil ?? waitingSince.map { $0 + settings.lingerMilliseconds * 1_000_000 }
  }

  /// The body of a PUT, as it was when it was offered.
  package mutating func body(of put: Put, at source: OutboxCursor) throws(ProducerError) -> [UInt8] {
    if let last, last.start == source, last.count == put.count { return last.body }
    do throws(OutboxError) {
      let batch = try reader.batch(
        from: source, limit: outbox.written(awaiting: cursor.number).position, eventCount: put.count,
        byteCount: Limits.batchByteCount)
      guard let batch, batch.count == put.count, CRC32C.checksum(batch.body.span) == put.crc32c else {
        throw .damaged(
          path: outbox.storage.location, "the events from number \(source.number) on are not what they were a moment ago")
      }
      last = batch
      return batch.body
    } catch { throw .outbox(error) }
  }

  /// Takes note of what was answered for.
  package mutating func acknowledge(
    _ settlements: [BatchSender.Settlement], of sender: BatchSender
  ) throws(ProducerError) {
    guard let sequence = settlements.last?.sequences.upperBound else { return }
    let position = sender.oldestSource?.position ?? cursor.position
    do {
      try outbox.acknowledge(through: number(of: sequence), position: position)
    } catch {
      // It is told again with the next ones.
      guard case .diskFull = error else { throw .outbox(error) }
    }
  }
}
