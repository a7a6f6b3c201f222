extension Configuration {
  /// The whole configuration as an annotated TOML file, which reads back as an equal one.
  package func rendered() -> String {
    let sections = Section.all.map { "\n" + $0.rendered(self) }
    return "# The form of this file.\nversion = \(Self.version)\n" + sections.joined()
  }

  /// What determines the summaries, one `key=value` a line, ascending: stores with the same text and the same journal hold the
  /// same summaries. Profiles stand there with all their values, whatever preset they come from. The identity key is left out.
  package var fingerprint: String {
    Section.all.flatMap { $0.fingerprint(self) }.sorted().joined()
  }
}
