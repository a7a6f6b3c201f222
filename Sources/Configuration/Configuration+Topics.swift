package import Engine

extension Configuration {
  /// Keywords that are looked at by another profile than the default, as one `[[topic]]` of the file says it.
  package struct Topic: Equatable, Sendable {
    /// Normalised; one that ends in `*` stands for all that begin so.
    package var keywords: [String]
    package var profile: Profile

    package init(keywords: [String], profile: Profile) {
      self.keywords = keywords
      self.profile = profile
    }
  }

  /// The topics, each with its profile. To set them sets the engine's topics and all of its profiles but the default.
  ///
  /// Topics of the same profile share it, also that of the default. A profile is called as its preset where it is that preset
  /// unchanged and no other is called so, else `PRESET#N` where it is the N-th of the profiles. The default profile is always
  /// called as its preset.
  package var topics: [Topic] {
    get { engine.topics.map { Topic(keywords: $0.keywords, profile: engine.profiles[$0.profile]) } }
    set {
      var profiles = [engine.profiles[0]]
      engine.topics = newValue.map { topic in
        TopicRule(keywords: topic.keywords, profile: Self.place(of: topic.profile, in: &profiles))
      }
      engine.profiles = profiles
    }
  }

  /// The index of a profile, which is added where it is not there.
  private static func place(of profile: Profile, in profiles: inout [Profile]) -> Int {
    if let index = profiles.firstIndex(where: { $0.isSame(as: profile) }) { return index }
    var named = profile
    let preset = profile.preset
    let isFree = profile.isSame(as: preset) && !profiles.contains { $0.name == preset.name }
    named.name = isFree ? preset.name : "\(preset.name)#\(profiles.count + 1)"
    profiles.append(named)
    return profiles.count - 1
  }
}
