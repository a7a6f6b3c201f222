import Spelling

/// One table of the file, or one array of tables.
struct Section: Sendable {
  let name: String
  /// The paths of its keys, without the numbers of elements.
  let keys: [String]
  /// Whether it is written `[[name]]`, as often as wanted.
  let isList: Bool
  let read: @Sendable (TOMLNode, inout Configuration, inout Problems) -> Void
  /// What the whole section reads, with its summary.
  let rendered: @Sendable (Configuration) -> String
  /// Lines `key=value` of what determines the summaries.
  let fingerprint: @Sendable (Configuration) -> [String]
  /// Takes over what may change while the aggregator runs.
  let reload: @Sendable (Configuration, inout Configuration) -> Reload

  /// A table `[name]`.
  static func table(_ name: String, _ settings: [Setting<Configuration>], _ summary: String) -> Section {
    let table = SettingTable(settings)
    return Section(
      name: name, keys: settings.map { "\(name).\($0.name)" }, isList: false,
      read: { node, configuration, problems in
        guard case .table(let nodes) = node.value else { return problems.refuse(node, expected: "a table [\(name)]") }
        table.read(nodes, of: node, into: &configuration, &problems)
      }, rendered: { "# \(summary)\n[\(name)]\n" + table.rendered($0) },
      fingerprint: { table.fingerprint($0, path: name) },
      reload: { table.reload($0, into: &$1, path: name) })
  }

  /// Tables `[[name]]`.
  ///
  /// - Parameters:
  ///   - blank: an element of which nothing is said yet.
  ///   - example: what the rendering of an empty list shows behind `#`.
  ///   - limit: how many there may be.
  ///   - isLive: whether another list holds at once when the file is read anew.
  ///   - check: notes what is wrong with the elements together; it sees those that have no fault of their own.
  static func list<Element: Sendable>(
    _ name: String, _ path: any WritableKeyPath<Configuration, [Element]> & Sendable, _ settings: [Setting<Element>],
    blank: Element, example: Element, limit: Int, isLive: Bool = false,
    check: @escaping @Sendable ([(node: TOMLNode, element: Element)], inout Problems) -> Void, _ summary: String
  ) -> Section {
    let table = SettingTable(settings)
    return Section(
      name: name, keys: settings.map { "\(name).\($0.name)" }, isList: true,
      read: { node, configuration, problems in
        guard case .array(let nodes) = node.value else { return problems.refuse(node, expected: "tables [[\(name)]]") }
        guard nodes.count <= limit else {
          return problems.note(node, "expected at most \(limit) tables [[\(name)]]; found \(nodes.count)")
        }
        var elements: [(node: TOMLNode, element: Element)] = []
        for node in nodes {
          guard case .table(let children) = node.value else {
            problems.refuse(node, expected: "a table [[\(name)]]")
            continue
          }
          let before = problems.count
          var element = blank
          table.read(children, of: node, into: &element, &problems)
          if problems.count == before { elements.append((node, element)) }
        }
        check(elements, &problems)
        configuration[keyPath: path] = elements.map(\.element)
      },
      rendered: { configuration in
        let elements = configuration[keyPath: path]
        guard !elements.isEmpty else { return "# \(summary)\n#[[\(name)]]\n" + table.renderedExample(example) }
        return "# \(summary)\n"
          + elements.enumerated().map { "[[\(name)]]\n" + table.rendered($1, annotated: $0 == 0) }.joined(separator: "\n")
      },
      fingerprint: { configuration in
        configuration[keyPath: path].enumerated().flatMap { table.fingerprint($1, path: "\(name)[\($0)]") }
      },
      reload: { new, configuration in
        let differs = new[keyPath: path].map { table.rendered($0) } != configuration[keyPath: path].map { table.rendered($0) }
        guard differs else { return Reload() }
        guard isLive else { return Reload(kept: [name]) }
        configuration[keyPath: path] = new[keyPath: path]
        return Reload(applied: [name])
      })
  }

  /// Notes keys and tables that the file does not have, with what was probably meant.
  static func refuse(_ unknown: [TOMLNode], _ problems: inout Problems) {
    for node in unknown.sorted(by: { ($0.line, $0.column) < ($1.line, $1.column) }) where !problems.isFull {
      var kind = "key"
      if case .table = node.value { kind = "table" }
      problems.note(node, "unknown \(kind)\(suggestion(for: node))")
    }
  }

  private static func suggestion(for node: TOMLNode) -> String {
    // The same key may stand in several sections: the first is the one for most.
    if let section = all.first(where: { $0.keys.contains("\($0.name).\(node.name)") }) {
      return "; \(node.name) belongs into \(section.isList ? "[[\(section.name)]]" : "[\(section.name)]")"
    }
    let path = withoutNumbers(node.path)
    if let nearest = Spelling.nearest(to: path, in: ["version"] + all.map(\.name) + all.flatMap(\.keys)) {
      return "; did you mean \(nearest)?"
    }
    for section in all {
      let names = section.keys.map { String($0.dropFirst(section.name.count + 1)) }
      if let nearest = Spelling.nearest(to: node.name, in: names) { return "; did you mean \(section.name).\(nearest)?" }
    }
    return "; remove it"
  }

  /// `topic[3].keywords` as `topic.keywords`.
  private static func withoutNumbers(_ path: String) -> String {
    var isNumber = false
    return path.filter { character in
      if character == "[" { isNumber = true }
      defer { if character == "]" { isNumber = false } }
      return !isNumber
    }
  }
}
