/// What stays of a row whose words were erased: enough for a fold to come out as it did before.
///
/// Both are keyed with a secret of the store: without it nobody can hold a guess of the text against them.
package struct Erasure: Equatable, Sendable {
  /// The digest of what the report said, by which a later copy is known for one.
  package var digest: UInt64
  /// The hash of its text under a mask; zero where it had none.
  package var textHash: UInt64

  package init(digest: UInt64, textHash: UInt64) {
    self.digest = digest
    self.textHash = textHash
  }
}
