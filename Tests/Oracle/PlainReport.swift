package import Reports

/// One report as the oracle reads it: all of what it says, nothing hashed.
package struct PlainReport: Equatable, Sendable {
  package var source: String
  package var id: String
  package var microseconds: Int64
  package var place: Coordinate?
  /// Distinct, as they are compared.
  package var keywords: [String]
  package var text: String
  /// What makes its witness one, by the rule of detection's L0.
  package var witness: [String]

  package init(
    source: String, id: String, microseconds: Int64, place: Coordinate?, keywords: [String], text: String, witness: [String]
  ) {
    self.source = source
    self.id = id
    self.microseconds = microseconds
    self.place = place
    self.keywords = keywords
    self.text = text
    self.witness = witness
  }
}
