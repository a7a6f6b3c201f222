/// The parts of the study, each of which can be run alone.
package enum StudyPart: String, CaseIterable, Sendable {
  /// Measured ÷ stated false episodes.
  case episodes
  /// Mean time to detect and its curves.
  case delays
  case dense
  case disturbances
  case cost
}
