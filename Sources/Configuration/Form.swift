/// What one key may hold: how it is checked and read, and how it is written again.
struct Form<Value>: Sendable {
  /// As an error says it: "an integer from 1 to 9".
  var expected: String
  /// The value of a node; nil where it is none that the key may hold, and what is wrong has been noted.
  var read: @Sendable (TOMLNode, inout Problems) -> Value?
  /// The value as TOML writes it; nil where nothing is said.
  var write: @Sendable (Value) -> String?

  init(
    expected: String, read: @escaping @Sendable (TOMLNode, inout Problems) -> Value?,
    write: @escaping @Sendable (Value) -> String?
  ) {
    self.expected = expected
    self.read = read
    self.write = write
  }

  /// A single value, which is one of those expected or is not.
  ///
  /// - Parameter words: what a string that is refused is compared with.
  init(
    expected: String, words: [String] = [], single: @escaping @Sendable (TOMLNode.Value) -> Value?,
    write: @escaping @Sendable (Value) -> String?
  ) {
    self.init(
      expected: expected,
      read: { node, problems in
        guard let value = single(node.value) else {
          problems.refuse(node, expected: expected, words: words)
          return nil
        }
        return value
      }, write: write)
  }

  /// The same, of a key that may be left out and then means nil.
  func optional() -> Form<Value?> {
    Form<Value?>(expected: expected, read: { .some(read($0, &$1)) ?? nil }, write: { $0.flatMap(write) })
  }
}
