/// What is wrong with a command line, where, what was expected, and the nearest thing that exists.
package struct ArgumentError: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
