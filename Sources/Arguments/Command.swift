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
  /// Whether only programs call it: no help lists it.
  package var isHidden: Bool

  package init(
    _ name: String, _ summary: String, operands: [String] = [], flags: [Flag] = [], examples: [Example] = [],
    isHidden: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.flags = flags
    self.examples = examples
    self.isHidden = isHidden
  }

  /// How many operands it needs, and how many it takes: any number where the last one ends with an ellipsis.
  var operandCounts: ClosedRange<Int> {
    let least = operands.filter { !$0.hasPrefix("[") }.count
    return least...(operands.last?.contains("…") ?? false ? .max : operands.count)
  }
}
