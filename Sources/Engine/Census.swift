/// How much an engine holds: for health, limits and benchmarks.
package struct Census: Equatable, Sendable {
  package var liveNodeCount: Int
  package var openClusterCount: Int
  package var identityCount: Int
  /// Bytes of the table of identities.
  package var identityByteCount: Int
  /// Bytes in use of all tables that stand in memory of their own, that of the identities among them.
  package var tableByteCount: Int
  /// Identities forgotten before their window was over because the table was full; a re-sent event among them would count twice.
  package var identitiesForgottenEarlyCount: UInt64
  package var keywordCount: Int
  /// Keywords of accepted reports that were not counted because `Limits.distinctKeywordCount` others are held.
  package var keywordsRefusedCount: UInt64
  package var sourceCount: Int
  /// (keyword, block) pairs with a past, and their young bins, of all profiles.
  package var seriesCount: Int
  package var entryCount: Int
  /// Bytes that series and entries take, without the tables' slack.
  package var seriesByteCount: Int

  /// Bytes of a node, and what of them detection alone needs: scanned witnesses, threshold, mean, the keyword's two links, the
  /// head of the marks and a flag.
  package static let nodeByteCount = MemoryLayout<Node>.stride
  package static let detectionNodeByteCount = 7 * MemoryLayout<UInt32>.size + 1
}
