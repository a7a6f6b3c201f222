/// The three rules of the Early Aberration Reporting System.
package enum EARSMethod: Sendable, CaseIterable {
  /// Against the seven periods just before.
  case c1
  /// Against seven periods that end three before, so that a slow rise does not hide itself.
  case c2
  /// C2 summed over three periods.
  case c3

  /// Periods between the baseline and the one judged.
  package var lag: Int { self == .c1 ? 0 : 2 }
}
