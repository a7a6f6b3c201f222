/// One key of the file: its name, what it may hold and where it goes. The table `Setting.all` is the file's whole form:
/// reading, checking, rendering and the fingerprint follow from it.
struct Setting: Sendable {
  enum Kind: Sendable {
    case endpoint(any WritableKeyPath<Configuration, String> & Sendable)
    case integer(any WritableKeyPath<Configuration, Int> & Sendable, ClosedRange<Int>)
    case number(any WritableKeyPath<Configuration, Double> & Sendable, ClosedRange<Double>)
    /// Minutes that divide an hour, or whole hours that divide a day.
    case binMinutes(any WritableKeyPath<Configuration, Int> & Sendable)
  }

  var group: String
  var name: String
  /// One sentence for the rendered file.
  var summary: String
  var kind: Kind
  /// Whether another value would give other summaries from the same journal.
  var determinesSummaries = false

  var path: String { "\(group).\(name)" }

  static let groups: [(name: String, summary: String)] = [
    ("service", "Where producers connect, and how much they may send without an answer."),
    ("cluster", "What a cluster is: enough independent witnesses of one keyword in one cell and time bin."),
    ("time", "What is too late, and what lies in the future."),
    ("deduplicate", "How long a report is known again by its source and id."),
    ("journal", "The log of every report that was acknowledged."),
    ("archive", "The SQLite store of summaries."),
  ]
}
