/// The keys of one table, in the order in which they are read and rendered.
struct SettingTable<Root>: Sendable {
  let settings: [Setting<Root>]

  init(_ settings: [Setting<Root>]) { self.settings = settings }

  /// Reads a table's keys into `root` in the order of the settings, whatever that of the file, and notes what is wrong.
  func read(_ nodes: [TOMLNode], of table: TOMLNode, into root: inout Root, _ problems: inout Problems) {
    for setting in settings {
      if let node = nodes.first(where: { $0.name == setting.name }) {
        setting.store(node, &root, &problems)
      } else if setting.isRequired {
        let line = setting.example.map { "; write \(setting.name) = \($0)" } ?? ""
        problems.note(line: table.line, column: table.column, key: "\(table.path).\(setting.name)", "missing\(line)")
      }
    }
    Section.refuse(nodes.filter { node in !settings.contains { $0.name == node.name } }, &problems)
  }

  /// One line a key, below its summary if wanted; what is inherited or not said stands behind `#`.
  func rendered(_ root: Root, annotated: Bool = true) -> String {
    var text = ""
    for setting in settings {
      if annotated, !setting.summary.isEmpty { text += "# \(setting.summary)\n" }
      if let value = setting.rendered(root) {
        text += "\(setting.isInherited(root) ? "#" : "")\(setting.name) = \(value)\n"
      } else if let example = setting.example {
        text += "#\(setting.name) = \(example)\n"
      }
    }
    return text
  }

  /// The lines of an example, which are comments: what is inherited is left out.
  func renderedExample(_ root: Root) -> String {
    var text = ""
    for setting in settings where !setting.isInherited(root) {
      if !setting.summary.isEmpty { text += "# \(setting.summary)\n" }
      if let value = setting.rendered(root) ?? setting.example { text += "#\(setting.name) = \(value)\n" }
    }
    return text
  }

  /// Takes over what is live and differs, and says what that was and what differs besides.
  func reload(_ new: Root, into root: inout Root, path: String) -> Reload {
    var reload = Reload()
    for setting in settings where setting.rendered(new) != setting.rendered(root) {
      if setting.isLive {
        setting.copy(new, &root)
        reload.applied.append("\(path).\(setting.name)")
      } else {
        reload.kept.append("\(path).\(setting.name)")
      }
    }
    return reload
  }

  /// `PATH.KEY=VALUE` of what determines summaries.
  func fingerprint(_ root: Root, path: String) -> [String] {
    settings.filter(\.determinesSummaries).compactMap { setting in
      setting.rendered(root).map { "\(path).\(setting.name)=\($0)\n" }
    }
  }
}
