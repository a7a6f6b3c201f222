extension Configuration {
  /// The whole configuration as an annotated TOML file, which reads back as an equal one.
  package func rendered() -> String {
    var text = "# The form of this file.\nversion = \(Self.version)\n"
    for group in Setting.groups {
      text += "\n# \(group.summary)\n[\(group.name)]\n"
      for setting in Setting.all where setting.group == group.name {
        text += "# \(setting.summary)\n\(setting.name) = \(setting.rendered(self))\n"
      }
    }
    return text
  }

  /// What determines the summaries, one `key=value` a line, ascending by key: stores with the same text and the same
  /// journal hold the same summaries. The identity key is left out.
  package var fingerprint: String {
    Setting.all.filter(\.determinesSummaries).map { "\($0.path)=\($0.rendered(self))\n" }.sorted().joined()
  }
}
