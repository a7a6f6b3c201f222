/// What a row is besides a report with keywords. The raw value is what the journal keeps; never reuse a bit.
package struct ReportFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It takes back an earlier report: its subject names the ticket. It has no keywords.
  package static let cancellation = ReportFlags(rawValue: 1)
  /// Its keywords are candidate terms from its text, at most `Limits.textTermCount`.
  package static let termsFromText = ReportFlags(rawValue: 2)
  /// What it said was erased: it has no text and no subject, and its keywords are only what it was given itself.
  package static let erased = ReportFlags(rawValue: 4)

  /// Every flag that there is.
  package static let all: ReportFlags = [.cancellation, .termsFromText, .erased]
}
