/// What must never happen, and has: in words.
package struct Violation: Error, CustomStringConvertible, Equatable {
  package let description: String

  init(_ description: String) { self.description = description }
}
