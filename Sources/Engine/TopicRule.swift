/// Which keywords are looked at by another profile than the first.
package struct TopicRule: Equatable, Sendable {
  /// Keywords as `Terms` normalises them; one that ends in `*` stands for all that begin so.
  package var keywords: [String]
  /// Index in `EngineSettings.profiles`.
  package var profile: Int

  package init(keywords: [String], profile: Int) {
    self.keywords = keywords
    self.profile = profile
  }
}
