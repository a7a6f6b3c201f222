package import Reports

/// One line of the audit: what an analyst did, when by the wall's clock, to what, and why.
package struct Act: Equatable, Sendable {
  /// What can be done; the raw values stand in the store and in what is printed.
  package enum Verb: String, CaseIterable, Sendable {
    case acknowledge, unacknowledge, assign, unassign, annotate, merge, unmerge, silence
    case endSilence = "end-silence"
    /// A silence that ended by itself, as whoever acted next found it.
    case lapseSilence = "lapse-silence"
  }

  /// What was acted upon.
  package enum Kind: String, Sendable { case incident, silence }

  /// Who is named where nobody acted: nobody may call themselves that.
  package static let nobody = "tocsin"

  package let number: UInt64
  package let at: Timestamp
  package let analyst: String
  package let verb: Verb
  package let kind: Kind
  /// An incident's id as it was then, or a silence's number.
  package let id: String
  /// Whom it was assigned to, the head of a merge, or what a silence hides.
  package let object: String?
  package let note: String?
}
