/// What is known of the sources whose names begin alike. Of several rules that fit the one with the longest prefix holds.
package struct SourceRule: Equatable, Sendable {
  /// Who enters a source's reports.
  package enum Role: String, CaseIterable, Sendable {
    /// People who have seen something: each is a witness.
    case `public`
    /// People whose work it is to enter reports, often in batches: they annotate, and are no witnesses.
    case staff
    /// Devices: each report is a witness of its own.
    case sensor
  }

  /// What is one witness where a report names neither reporter nor subject.
  package enum WitnessPolicy: String, CaseIterable, Sendable {
    case event
    case source
  }

  package var prefix: String
  package var role = Role.public
  package var witness = WitnessPolicy.event

  package init(prefix: String, role: Role = .public, witness: WitnessPolicy = .event) {
    self.prefix = prefix
    self.role = role
    self.witness = witness
  }
}
