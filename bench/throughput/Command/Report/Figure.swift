/// One number that was measured, beside the floor that the same run has measured.
struct Figure {
  /// The stage, and what of it.
  var stage: String
  var measure: String
  var unit: String
  var value: Double
  /// What the floor is, and how much it is; nil where there is none but zero.
  var floor: (name: String, value: Double)?

  init(_ stage: String, _ measure: String, _ unit: String, _ value: Double, floor: (String, Double)? = nil) {
    self.stage = stage
    self.measure = measure
    self.unit = unit
    self.value = value
    self.floor = floor.map { (name: $0.0, value: $0.1) }
  }

  /// How many times the floor; nil where there is none.
  var ratio: Double? {
    guard let floor, floor.value > 0 else { return nil }
    return value / floor.value
  }
}
