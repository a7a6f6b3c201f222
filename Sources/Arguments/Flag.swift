/// One flag of a command: `--name`, or `--name VALUE` where it has a value.
package struct Flag: Equatable, Sendable {
  /// Without the dashes.
  package var name: String
  /// What stands for the value in help, as `LAT,LON`; nil for a switch.
  package var valueName: String?
  package var summary: String
  /// The only values that are taken; empty for any.
  package var choices: [String]

  package init(_ name: String, _ valueName: String? = nil, _ summary: String, choices: [String] = []) {
    self.name = name
    self.valueName = valueName
    self.summary = summary
    self.choices = choices
  }
}
