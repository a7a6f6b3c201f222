import Spelling

extension Configuration {
  /// Reads a TOML text; what it does not say keeps its default.
  ///
  /// - Parameter file: what errors call the text.
  /// - Throws: `ConfigurationError` with every problem, not only the first; of thousands, the first thousand.
  package init(parsing text: String, file: String) throws(ConfigurationError) {
    let entries: [TOMLEntry]
    do {
      entries = try TOMLEntry.list(parsing: text)
    } catch {
      let problem = ConfigurationError.Problem(
        file: file, line: error.line, column: error.column, key: "", message: "not valid TOML: \(error.message)")
      throw ConfigurationError(problems: [problem])
    }
    var reader = Reader(file: file)
    reader.read(entries)
    guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    self = reader.configuration
  }
}

/// Goes through the entries of one file and notes what is wrong.
private struct Reader {
  private static let problemLimit = 1_000

  let file: String
  var configuration = Configuration.default
  var problems: [ConfigurationError.Problem] = []

  init(file: String) { self.file = file }

  mutating func read(_ entries: [TOMLEntry]) {
    if !entries.contains(where: { $0.path == "version" }) {
      note(line: 1, column: 1, key: "version", "missing; write version = \(Configuration.version) as the first line")
    }
    // What lies below an entry at fault is not looked at: its problem is that of the entry, which therefore comes first.
    var faulty: [String] = []
    for entry in entries.sorted(by: { $0.path.utf8.count < $1.path.utf8.count })
    where !faulty.contains(where: { entry.path.hasPrefix($0 + ".") || entry.path.hasPrefix($0 + "[") }) {
      if !read(entry) { faulty.append(entry.path) }
      if problems.count == Self.problemLimit { break }
    }
    problems.sort { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
  }

  private mutating func read(_ entry: TOMLEntry) -> Bool {
    if entry.path == "version" {
      guard entry.value != .integer(Int64(Configuration.version)) else { return true }
      return refuse(entry, "expected \(Configuration.version), the version that this program reads; found \(entry.value.found)")
    }
    if Setting.groups.contains(where: { $0.name == entry.path }) {
      guard entry.value != .table else { return true }
      return refuse(entry, "expected a table [\(entry.path)]; found \(entry.value.found)")
    }
    guard let setting = Setting.all.first(where: { $0.path == entry.path }) else {
      return refuse(entry, "unknown \(entry.value == .table ? "table" : "key")\(Self.suggestion(for: entry.path))")
    }
    guard !setting.store(entry.value, in: &configuration) else { return true }
    return refuse(entry, "expected \(setting.expected); found \(entry.value.found)")
  }

  private static func suggestion(for path: String) -> String {
    let name = path.split(separator: ".").last.map(String.init) ?? path
    let known = ["version"] + Setting.groups.map(\.name) + Setting.all.map(\.path)
    if let setting = Setting.all.first(where: { $0.name == name }) { return "; \(name) belongs into [\(setting.group)]" }
    if let nearest = Spelling.nearest(to: path, in: known) { return "; did you mean \(nearest)?" }
    guard let nearest = Spelling.nearest(to: name, in: Setting.all.map(\.name)) else { return "; remove it" }
    let groups = Setting.all.filter { $0.name == nearest }.map(\.path)
    return "; did you mean \(groups.joined(separator: " or "))?"
  }

  private mutating func refuse(_ entry: TOMLEntry, _ message: String) -> Bool {
    note(line: entry.line, column: entry.column, key: entry.path, message)
    return false
  }

  private mutating func note(line: Int, column: Int, key: String, _ message: String) {
    problems.append(.init(file: file, line: line, column: column, key: key, message: message))
  }
}

extension TOMLEntry.Value {
  /// What stands in the file, for an error.
  fileprivate var found: String {
    switch self {
    case .table: "a table"
    case .array: "an array"
    case .string(let text): "the string \((text.count > 40 ? text.prefix(40) + "…" : text).debugDescription)"
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .boolean(let boolean): "\(boolean)"
    case .dateTime(let text): "the time \(text)"
    }
  }
}
