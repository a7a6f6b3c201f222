import Decode
import Reports

/// What each who holds a key may use up of the names that are kept for good: a quarter of the sources, and of the producers with
/// their epochs. Whoever means harm takes no more than that from the others. One that may report for all has no share of sources:
/// whose they are cannot be told, and it may name those of the others anyway.
struct NameShares {
  static let epochLimit = Limits.distinctProducerCount / 4
  static let sourceLimit = Limits.distinctSourceCount / 4

  /// By the name of the table.
  private var epochCounts: [String: Int] = [:]
  private var shares: [String: SourceShare] = [:]

  /// Begins with what is known.
  init(_ ring: KeyRing, producers: some Sequence<[UInt8]>, sources: [[UInt8]], key: SipHash.Key) {
    for producer in producers { addEpoch(of: ring.owner(of: producer)) }
    for member in ring.distinctMembers where !member.scope.isEverything {
      var share = SourceShare(key: key, limit: Self.sourceLimit)
      for source in sources where member.scope.contains(source.span) { share.learn(source.span) }
      shares[member.name] = share
    }
  }

  /// A producer with a new epoch is kept.
  mutating func addEpoch(of owner: String?) {
    if let owner { epochCounts[owner, default: 0] += 1 }
  }

  func hasRoomForEpoch(of owner: String) -> Bool { epochCounts[owner, default: 0] < Self.epochLimit }

  /// Lets a body be read with the share of whoever sent it, and takes back what that has become.
  mutating func withShare<Result>(
    of owner: String?, in decoder: inout Decoder, _ body: (inout Decoder) throws(DecodeError) -> Result
  ) throws(DecodeError) -> Result {
    guard let owner, shares[owner] != nil else { return try body(&decoder) }
    // Moved, so that nothing is copied.
    decoder.share = shares.removeValue(forKey: owner)
    defer {
      shares[owner] = decoder.share
      decoder.share = nil
    }
    return try body(&decoder)
  }
}
