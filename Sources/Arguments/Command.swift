/// One command: all that the parser, its help, and whatever else is made of it need to know.
package struct Command: Equatable, Sendable {
  package struct Example: Equatable, Sendable {
    package var line: String
    package var says: String
    package init(_ line: String, _ says: String) {
      self.line = line
      self.says = says
    }
  }

  package var name: String
  package var summary: String
  /// What stands for the operands in help, in order, as `FILE|-`; optional ones in brackets.
  package var operands: [String]
  package var flags: [Flag]
  package var examples: [Example]

  package init(
    _ name: String, _ summary: String, operands: [String] = [], flags: [Flag] = [], examples: [Example] = []
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.flags = flags
    self.examples = examples
  }

  /// How many operands it needs, and how many it takes.
  var operandCounts: ClosedRange<Int> { operands.filter { !$0.hasPrefix("[") }.count...operands.count }
}
