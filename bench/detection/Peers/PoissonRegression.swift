import Glibc

/// A Poisson regression with logarithmic link, as fitted by iteratively reweighted least squares.
///
/// McCullagh & Nelder, Generalized Linear Models, 2nd edition (1989), section 2.5. Start, order of steps and end (relative
/// change of deviance below 1e-8, 25 steps at most) are those of R's `glm`, so that the figures of its users are met.
package struct PoissonRegression: Sendable {
  /// One a column of the design.
  package let coefficients: [Double]
  /// The fitted means.
  package let means: [Double]
  /// The inverse of XᵀWX, row by row, without the dispersion.
  package let unscaledCovariance: [Double]
  /// Rows of the design, each of as many columns as there are coefficients.
  package let design: [[Double]]
  package let response: [Double]
  /// Weights of the last step: prior weight × mean.
  package let workingWeights: [Double]

  package var degreesOfFreedom: Int { response.count - coefficients.count }

  /// Fits counts to a design; `nil` where it does not converge or the design has not full rank.
  /// - Parameters:
  ///   - priorWeights: one a row; all 1 where absent.
  ///   - offset: added to each row's linear predictor; all 0 where absent.
  /// - Complexity: O(steps · rows · columns²).
  package init?(design: [[Double]], response: [Double], priorWeights: [Double]? = nil, offset: [Double]? = nil) {
    let priorWeights = priorWeights ?? response.map { _ in 1 }
    let offset = offset ?? response.map { _ in 0 }
    var means = response.map { $0 + 0.1 }
    var predictors = means.map { log($0) }
    var before = Self.deviance(response, means, priorWeights)
    for _ in 0..<25 {
      let weights = zip(priorWeights, means).map { $0 * $1 }
      let working = response.indices.map { predictors[$0] - offset[$0] + (response[$0] - means[$0]) / means[$0] }
      guard let step = Self.weightedLeastSquares(design, working, weights) else { return nil }
      predictors = design.indices.map { row in offset[row] + Self.dot(design[row], step.solution) }
      means = predictors.map { exp($0) }
      let deviance = Self.deviance(response, means, priorWeights)
      guard deviance.isFinite else { return nil }
      if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8 {
        (coefficients, unscaledCovariance) = step
        (self.design, self.response, self.means, workingWeights) = (design, response, means, weights)
        return
      }
      before = deviance
    }
    return nil
  }

  /// Pearson's estimate of the dispersion, Σ w ((y − μ)/μ)² / degrees of freedom.
  /// - Parameter weights: the working weights where absent.
  package func dispersion(weights: [Double]? = nil) -> Double {
    let weights = weights ?? workingWeights
    let squares = response.indices.map { row in
      let residual = (response[row] - means[row]) / means[row]
      return weights[row] * residual * residual
    }
    return squares.reduce(0, +) / Double(degreesOfFreedom)
  }

  /// How far each row pulls its own fit: the diagonal of the hat matrix.
  package var leverages: [Double] { design.indices.map { workingWeights[$0] * variance(of: design[$0]) } }

  /// The linear predictor of a new row.
  package func predictor(of row: [Double]) -> Double { Self.dot(row, coefficients) }

  /// xᵀ(XᵀWX)⁻¹x: the variance of a new row's linear predictor, without the dispersion.
  package func variance(of row: [Double]) -> Double {
    let columns = row.count
    var sum = 0.0
    for i in 0..<columns where row[i] != 0 {
      for j in 0..<columns { sum += row[i] * unscaledCovariance[i * columns + j] * row[j] }
    }
    return sum
  }
}

extension PoissonRegression {
  private static func dot(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func deviance(_ response: [Double], _ means: [Double], _ weights: [Double]) -> Double {
    var sum = 0.0
    for (row, y) in response.enumerated() {
      let entropy = y > 0 ? y * log(y / means[row]) : 0
      sum += 2 * weights[row] * (entropy - y + means[row])
    }
    return sum
  }

  /// Solves XᵀWX b = XᵀWz by Cholesky's method; also gives the inverse of XᵀWX. `nil` where that is not positive definite.
  private static func weightedLeastSquares(
    _ design: [[Double]], _ target: [Double], _ weights: [Double]
  ) -> (solution: [Double], inverse: [Double])? {
    let columns = design.first?.count ?? 0
    var normal = [Double](repeating: 0, count: columns * columns)
    var right = [Double](repeating: 0, count: columns)
    for (row, values) in design.enumerated() {
      for i in 0..<columns where values[i] != 0 {
        let weighted = weights[row] * values[i]
        right[i] += weighted * target[row]
        for j in 0...i { normal[i * columns + j] += weighted * values[j] }
      }
    }
    for i in 0..<columns {
      for j in 0...i {
        var sum = normal[i * columns + j]
        for k in 0..<j { sum -= normal[i * columns + k] * normal[j * columns + k] }
        if i == j {
          guard sum > 1e-12 * normal[i * columns + i] else { return nil }
          normal[i * columns + i] = sum.squareRoot()
        } else {
          normal[i * columns + j] = sum / normal[j * columns + j]
        }
      }
    }
    var inverse = [Double](repeating: 0, count: columns * columns)
    for column in 0..<columns {
      let unit = (0..<columns).map { $0 == column ? 1.0 : 0.0 }
      for (row, value) in solve(normal, unit).enumerated() { inverse[row * columns + column] = value }
    }
    return (solve(normal, right), inverse)
  }

  /// Forward and back substitution with a lower triangle, row by row.
  private static func solve(_ lower: [Double], _ right: [Double]) -> [Double] {
    let columns = right.count
    var x = right
    for i in 0..<columns {
      for j in 0..<i { x[i] -= lower[i * columns + j] * x[j] }
      x[i] /= lower[i * columns + i]
    }
    for i in stride(from: columns - 1, through: 0, by: -1) {
      for j in stride(from: i + 1, to: columns, by: 1) { x[i] -= lower[j * columns + i] * x[j] }
      x[i] /= lower[i * columns + i]
    }
    return x
  }
}
