/// What should hold of every input and does not hold of one.
package struct Violation: Error, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

/// Throws where a statement is untrue; `message` says what was expected.
func require(_ isTrue: Bool, _ message: @autoclosure () -> String) throws(Violation) {
  guard isTrue else { throw Violation(message()) }
}
