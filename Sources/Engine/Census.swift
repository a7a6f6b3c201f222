/// How much an engine holds: for health, limits and benchmarks.
package struct Census: Equatable, Sendable {
  package var liveNodeCount: Int
  package var openClusterCount: Int
  package var identityCount: Int
  /// Identities forgotten before their window was over because the table was full; a re-sent event among them would count twice.
  package var identitiesForgottenEarlyCount: UInt64
  package var keywordCount: Int
  /// Keywords of accepted reports that were not counted because `Limits.distinctKeywordCount` others are held.
  package var keywordsRefusedCount: UInt64
  package var sourceCount: Int
}
