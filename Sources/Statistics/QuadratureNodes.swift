/// The nodes exp(v − e⁻ᵛ) and the weights of a trapezoidal rule in v from −3.5 to 21.
struct QuadratureNodes: Sendable {
  static let stepsPerUnit = 12.0
  static let table = QuadratureNodes()

  let abscissas: [Double]
  let weights: [Double]

  private init() {
    var abscissas: [Double] = []
    var weights: [Double] = []
    var step = -42.0
    while step <= 252 {
      let v = step / Self.stepsPerUnit
      let inner = Elementary.exp(-v)
      let abscissa = Elementary.exp(v - inner)
      abscissas.append(abscissa)
      weights.append(abscissa * (1 + inner) / Self.stepsPerUnit)
      step += 1
    }
    self.abscissas = abscissas
    self.weights = weights
  }
}
