import Glibc

/// The improved Farrington method over weekly counts: is a week above what the same weeks of past years let expect?
///
/// Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett, An improved algorithm for outbreak detection in multiple
/// surveillance systems, Statistics in Medicine 32 (2013), 1206–1222; Farrington, Andrews, Beale & Catchpole, Journal of
/// the Royal Statistical Society A 159 (1996), 547–563. In the form of `farringtonFlexible` of R's `surveillance` 1.20.3
/// with threshold method "delta" and power 2/3.
package struct FarringtonFlexible: Sendable {
  /// Years to look back.
  package var years = 4
  /// Weeks on either side of the reference week.
  package var halfWindowWeeks = 3
  /// Parts of a year with a level each: the window itself and the equal parts between windows; 1 for windows only.
  package var seasonCount = 10
  /// Latest weeks that the fit leaves out, so that an outbreak does not hide itself.
  package var excludedWeeks = 26
  /// Standardized Anscombe residuals above it lose weight: past outbreaks.
  package var residualThreshold = 2.58
  /// The trend stays where its p-value is below.
  package var trendSignificance = 1.0
  /// The tail beyond the bound.
  package var alpha = 0.01
  /// No alarm with fewer reports in so many weeks, the present one included.
  package var minimumReports = (count: 5, weeks: 4)

  package init() {}

  /// What a week was held against.
  package struct Bound: Sendable, Equatable {
    package let expected: Double
    /// `nil` with too few reports to alarm.
    package let upper: Double?
    package let isAlarm: Bool
    package let hasTrend: Bool
  }

  /// The bound of one week; `nil` where the history is too short or the model does not converge.
  /// - Parameters:
  ///   - week: an index into counts.
  ///   - firstDay: the date of the first week, as a number of days from 1970-01-01.
  package func bound(at week: Int, of counts: [Int], firstDay: Int) -> Bound? {
    guard let seasons = seasons(at: week, weeks: counts.count, firstDay: firstDay) else { return nil }
    let weeks = seasons.indices.filter { seasons[$0] > 0 && ($0 < week - excludedWeeks || $0 > week) }
    guard let origin = weeks.first else { return nil }
    let response = weeks.map { Double(counts[$0]) }
    func row(_ at: Int, _ season: Int, _ trend: Bool) -> [Double] {
      [1] + (trend ? [Double(at - origin)] : []) + (1..<seasonCount).map { season == $0 + 1 ? 1 : 0 }
    }
    func fit(trend: Bool) -> Fit? { Fit(weeks.map { row($0, seasons[$0], trend) }, response, residualThreshold) }
    guard var fit = fit(trend: true) ?? fit(trend: false) else { return nil }
    var hasTrend = fit.regression.coefficients.count > seasonCount
    if hasTrend {
      let mean = exp(fit.regression.predictor(of: row(week, seasonCount, true)))
      hasTrend = years >= 3 && fit.trendTail < trendSignificance && mean <= response.max() ?? 0
      if !hasTrend {
        guard let flat = Fit(weeks.map { row($0, seasons[$0], false) }, response, residualThreshold) else { return nil }
        fit = flat
      }
    }
    let now = row(week, seasonCount, hasTrend)
    let mean = exp(fit.regression.predictor(of: now))
    let meanVariance = mean * mean * fit.scale * fit.regression.variance(of: now)
    let deviation = (4.0 / 9 * cbrt(mean) * (fit.dispersion + meanVariance / mean)).squareRoot()
    let upper = pow(pow(mean, 2.0 / 3) + Normal.upperQuantile(alpha) * deviation, 1.5)
    let latest = counts[max(0, week - minimumReports.weeks + 1)...week].reduce(0, +)
    let isEnough = latest >= minimumReports.count
    return Bound(
      expected: mean, upper: isEnough ? upper : nil, isAlarm: isEnough && counts[week] > 0 && Double(counts[week]) > upper,
      hasTrend: hasTrend)
  }

  /// The part of the year of each week, 1 to seasonCount, the last for the windows; 0 for weeks outside of the history.
  private func seasons(at week: Int, weeks: Int, firstDay: Int) -> [Int]? {
    let today = CivilDay(number: firstDay + 7 * week)
    let references = (0...years).map { back in
      // The week whose day of the week is nearest to the same date.
      let date = CivilDay(year: today.year - back, month: today.month, day: today.day).number - firstDay
      return Int((Double(date) / 7).rounded())
    }
    guard references[years] >= halfWindowWeeks, week < weeks else { return nil }
    var seasons = [Int](repeating: 0, count: weeks)
    for now in week - halfWindowWeeks...week { seasons[now] = seasonCount }
    for year in 1...years {
      let window = references[year] - halfWindowWeeks...references[year] + halfWindowWeeks
      for at in window { seasons[at] = seasonCount }
      guard seasonCount > 1 else { continue }
      let between = references[year - 1] - halfWindowWeeks - 1 - window.upperBound
      guard between >= seasonCount - 1 else { return nil }
      let (length, rest) = between.quotientAndRemainder(dividingBy: seasonCount - 1)
      var at = window.upperBound + 1
      for season in 1..<seasonCount {
        for _ in 0..<length + (season <= rest ? 1 : 0) {
          seasons[at] = season
          at += 1
        }
      }
    }
    return seasons
  }
}

extension FarringtonFlexible {
  /// A fit repeated with less weight on weeks far above it.
  private struct Fit {
    let regression: PoissonRegression
    /// Of the counts, 1 at least.
    let dispersion: Double
    /// The dispersion by which R scales standard errors here: with the outbreak weights where the working weights belong,
    /// because `farringtonFlexible` puts the former in the latter's place before it calls `predict`.
    let scale: Double

    init?(_ design: [[Double]], _ response: [Double], _ threshold: Double) {
      guard let first = PoissonRegression(design: design, response: response), first.degreesOfFreedom > 0 else { return nil }
      let dispersion = max(1, first.dispersion())
      let leverages = first.leverages
      let weights = response.indices.map { row in
        let (y, mean) = (response[row], first.means[row])
        let anscombe = 1.5 * (pow(y, 2.0 / 3) * pow(mean, -1.0 / 6) - mean.squareRoot())
        let residual = anscombe / (dispersion * (1 - leverages[row])).squareRoot()
        return residual > threshold ? 1 / (residual * residual) : 1
      }
      let level = Double(weights.count) / weights.reduce(0, +)
      let priors = weights.map { $0 * level }
      guard let second = PoissonRegression(design: design, response: response, priorWeights: priors) else { return nil }
      regression = second
      self.dispersion = max(1, second.dispersion())
      scale = second.dispersion(weights: priors)
    }

    /// The p-value of the second coefficient.
    var trendTail: Double {
      let columns = regression.coefficients.count
      let error = (scale * regression.unscaledCovariance[columns + 1]).squareRoot()
      return StudentT.twoSidedTail(regression.coefficients[1] / error, degreesOfFreedom: regression.degreesOfFreedom)
    }
  }
}
