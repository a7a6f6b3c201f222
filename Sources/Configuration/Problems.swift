import Spelling

/// What is wrong with one file, as it is found.
struct Problems {
  /// Problems past so many are not told, nor looked for.
  private static let limit = 1_000

  let file: String
  private var list: [ConfigurationError.Problem] = []

  init(file: String) { self.file = file }

  var count: Int { list.count }
  var isFull: Bool { list.count >= Self.limit }

  /// Those to tell, in the order of the file.
  var told: [ConfigurationError.Problem] {
    Array(list.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }.prefix(Self.limit))
  }

  mutating func note(_ node: TOMLNode, _ message: String) {
    note(line: node.line, column: node.column, key: node.path, message)
  }

  mutating func note(line: Int, column: Int, key: String, _ message: String) {
    list.append(.init(file: file, line: line, column: column, key: key, message: message))
  }

  /// What was expected instead of a value; a string that nearly is one of `words` is asked about.
  mutating func refuse(_ node: TOMLNode, expected: String, words: [String] = []) {
    var message = "expected \(expected); found \(node.value.found)"
    if case .string(let text) = node.value, let nearest = Spelling.nearest(to: text, in: words) {
      message += "; did you mean \"\(nearest)\"?"
    }
    note(node, message)
  }
}

extension TOMLNode.Value {
  /// What stands in the file, for an error.
  var found: String {
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
