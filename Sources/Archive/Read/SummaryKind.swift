/// The three levels at which the store summarises reports, the one that analysts list first.
package enum SummaryKind: String, CaseIterable, Sendable {
  case incident
  case episode
  case cluster
}
