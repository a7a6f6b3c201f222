package import Engine

extension Configuration {
  /// Reads a TOML text; what it does not say keeps its default.
  ///
  /// - Parameters:
  ///   - file: what errors call the text.
  ///   - profile: a preset that holds instead of the one that the text names; what its `[cluster]` says overrides this as well.
  /// - Throws: `ConfigurationError` with every problem, not only the first; of thousands, the first thousand.
  package init(parsing text: String, file: String, profile: Profile? = nil) throws(ConfigurationError) {
    let nodes: [TOMLNode]
    do {
      nodes = try TOMLNode.tree(parsing: text)
    } catch {
      let problem = ConfigurationError.Problem(
        file: file, line: error.line, column: error.column, key: "", message: "not valid TOML: \(error.message)")
      throw ConfigurationError(problems: [problem])
    }
    var problems = Problems(file: file)
    Self.checkVersion(nodes, &problems)
    self = .default
    for section in Section.all {
      if let node = nodes.first(where: { $0.name == section.name }) { section.read(node, &self, &problems) }
      // Before [cluster], which overrides it.
      if section.name == "detection", let profile { engine.profiles[0] = profile }
    }
    Section.refuse(
      nodes.filter { node in node.name != "version" && !Section.all.contains { $0.name == node.name } }, &problems)
    checkLateness(nodes, &problems)
    checkRetention(nodes, &problems)
    checkSecurity(nodes, &problems)
    guard problems.count == 0 else { throw ConfigurationError(problems: problems.told) }
  }

  private static func checkVersion(_ nodes: [TOMLNode], _ problems: inout Problems) {
    guard let node = nodes.first(where: { $0.name == "version" }) else {
      return problems.note(line: 1, column: 1, key: "version", "missing; write version = \(version) as the first line")
    }
    if case .integer(Int64(version)) = node.value { return }
    problems.refuse(node, expected: "\(version), the version that this program reads")
  }

  /// A bin is kept open for the lateness and the idle timeout together.
  private func checkLateness(_ nodes: [TOMLNode], _ problems: inout Problems) {
    let minutes = engine.allowedLatenessMinutes + engine.idleTimeoutMinutes
    guard minutes > Section.latenessMinutes, let time = nodes.first(where: { $0.name == "time" }) else { return }
    let node = time.child("idleTimeoutMinutes") ?? time.child("allowedLatenessMinutes") ?? time
    problems.note(
      node,
      "idleTimeoutMinutes \(engine.idleTimeoutMinutes) and allowedLatenessMinutes \(engine.allowedLatenessMinutes) are "
        + "together more than \(Section.latenessMinutes), which is 30 days; lower one of them")
  }

  /// A text goes with its summary at the latest.
  private func checkRetention(_ nodes: [TOMLNode], _ problems: inout Problems) {
    guard retention.textDays > retention.summaryDays, let table = nodes.first(where: { $0.name == "retention" }) else { return }
    problems.note(
      table.child("textDays") ?? table.child("summaryDays") ?? table,
      "textDays \(retention.textDays) is more than summaryDays \(retention.summaryDays), with which its texts go; lower the one or "
        + "raise the other")
  }

  /// Keys of producers mean nothing where nobody is asked for theirs.
  private func checkSecurity(_ nodes: [TOMLNode], _ problems: inout Problems) {
    guard let node = nodes.first(where: { $0.name == "producer" }), !producers.isEmpty, security.secretKeyFile == nil else {
      return
    }
    problems.note(
      node, "keys of producers, but the aggregator has none, so that nobody would be asked; write secretKeyFile into [security]")
  }
}
