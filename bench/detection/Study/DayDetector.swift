package import Peers

/// A method of detection, told the counts of a grid bin after bin.
package protocol DayDetector: ~Copyable {
  /// How unusual the day that ends now is: an alarm where it reaches the threshold.
  mutating func score(day counts: [Int]) -> Double
}

extension STPDetector: DayDetector {}
extension EBPDetector: DayDetector {}
extension EARSDetector: DayDetector {}
