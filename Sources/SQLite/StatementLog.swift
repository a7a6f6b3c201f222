/// What was prepared on a connection, and where in the source: for tests that hold every statement to its plan.
package final class StatementLog {
  package struct Entry: Hashable, Sendable {
    package let sql: String
    /// The source file as `#fileID` names it, and the line of the call.
    package let file: String
    package let line: UInt
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  func note(_ sql: String, _ file: StaticString, _ line: UInt) {
    entries.append(Entry(sql: sql, file: "\(file)", line: line))
  }
}
