package import Reports

/// The hashes of a batch's rows that the engine asks for. They depend on nothing but the batch and the store's key, so that another thread
/// can take them while the engine is busy with the batches before.
///
/// Columns of as many elements as the batch has rows, zeros for a refused row. Of a report that is taken in more is asked for than of one that
/// came before: who has time takes that ahead, too.
package struct RowHashes: Sendable {
  /// Of source and id, under the store's key.
  private(set) var identityHighs: [UInt64] = []
  private(set) var identityLows: [UInt64] = []
  /// Of all else that a report says, under the same.
  private(set) var digests: [UInt64] = []
  /// Of source and id: published, not keyed, so that ties and sketches come out the same in every store. None where it was not taken ahead.
  private var publishedIdentities: [UInt64] = []
  /// Of the text, published, and its SimHash; zeros without one. None where they were not taken ahead.
  private var texts: [(hash: UInt64, simHash: UInt64)] = []

  package init() {}

  package var count: Int { digests.count }

  /// Bytes of the memory that they have, used or not.
  package var heldByteCount: Int {
    8 * (identityHighs.capacity + identityLows.capacity + digests.capacity)
      + 8 * (publishedIdentities.capacity + 2 * texts.capacity)
  }

  /// Forgets them; their memory stays.
  package mutating func removeAll() {
    identityHighs.removeAll(keepingCapacity: true)
    identityLows.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    publishedIdentities.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// Takes those of a batch, in the place of others.
  ///
  /// - Parameter isAhead: Whether those are taken, too, that are asked for where a report is taken in.
  /// - Complexity: O(bytes of the batch).
  package mutating func take(_ batch: ReportBatch, key: SipHash.Key, isAhead: Bool) {
    removeAll()
    for row in 0..<batch.count {
      let isRefused = batch.rejections[row] != 0
      let identity = isRefused ? (0, 0) : Engine.identity(of: batch, row, key: key)
      identityHighs.append(identity.0)
      identityLows.append(identity.1)
      digests.append(isRefused ? 0 : Engine.digest(of: batch, row, key: key))
      guard isAhead else { continue }
      publishedIdentities.append(isRefused ? 0 : Engine.identity(of: batch, row, key: .published).low)
      texts.append(isRefused ? (0, 0) : Engine.textHashes(of: batch, row, key: key))
    }
  }

  /// The published hash of a row's source and id.
  func publishedIdentity(of batch: ReportBatch, _ row: Int) -> UInt64 {
    publishedIdentities.isEmpty ? Engine.identity(of: batch, row, key: .published).low : publishedIdentities[row]
  }

  /// The published hash of a row's text and its SimHash; zeros without one.
  func text(of batch: ReportBatch, _ row: Int, key: SipHash.Key) -> (hash: UInt64, simHash: UInt64) {
    texts.isEmpty ? Engine.textHashes(of: batch, row, key: key) : texts[row]
  }
}
