/// One key of a table: its name, what it may hold and where it goes. The tables of `Section.all` are the file's whole form:
/// reading, checking, rendering and the fingerprint follow from them.
struct Setting<Root>: Sendable {
  let name: String
  /// One sentence for the rendered file; empty where it stands elsewhere.
  let summary: String
  /// What the file may hold where the key says nothing, or has to be said.
  let example: String?
  /// Whether a table without it is refused.
  let isRequired: Bool
  /// Whether another value would give other summaries from the same journal.
  let determinesSummaries: Bool
  /// Whether another value holds at once when the file is read anew; otherwise from the next start.
  let isLive: Bool
  /// Whether the value is only what holds when the key is left out.
  private(set) var isInherited: @Sendable (Root) -> Bool
  /// Puts the value of a node in its place, or notes what is wrong with it.
  let store: @Sendable (TOMLNode, inout Root, inout Problems) -> Void
  /// The value as TOML writes it; nil where nothing is said.
  let rendered: @Sendable (Root) -> String?
  /// Takes the value of the first root over into the second.
  let copy: @Sendable (Root, inout Root) -> Void

  init<Value>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ form: Form<Value>, determinesSummaries: Bool = false,
    isLive: Bool = false, isRequired: Bool = false, example: String? = nil, _ summary: String
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.isRequired = isRequired
    self.determinesSummaries = determinesSummaries
    self.isLive = isLive
    isInherited = { _ in false }
    store = { node, root, problems in
      if let value = form.read(node, &problems) { root[keyPath: path] = value }
    }
    rendered = { form.write($0[keyPath: path]) }
    copy = { $1[keyPath: path] = $0[keyPath: path] }
  }

  /// The setting of a part as one of the whole.
  init<Part>(_ part: Setting<Part>, of path: any WritableKeyPath<Root, Part> & Sendable, isAnnotated: Bool = true) {
    name = part.name
    summary = isAnnotated ? part.summary : ""
    example = part.example
    isRequired = part.isRequired
    determinesSummaries = part.determinesSummaries
    isLive = part.isLive
    isInherited = { part.isInherited($0[keyPath: path]) }
    store = { part.store($0, &$1[keyPath: path], &$2) }
    rendered = { part.rendered($0[keyPath: path]) }
    copy = { part.copy($0[keyPath: path], &$1[keyPath: path]) }
  }

  /// The same, left out unless its value is another than that of what the root is made from.
  func inherited(from base: @escaping @Sendable (Root) -> Root) -> Setting {
    var setting = self
    setting.isInherited = { [rendered] root in rendered(root) == rendered(base(root)) }
    return setting
  }
}
