package import Engine
package import Reports

/// One alerted incident of a backtest, beside the one that tells the same under the other configuration.
package struct BacktestAlert: Equatable, Sendable {
  /// An incident as one of the two configurations alerted it.
  package struct Side: Equatable, Sendable {
    package var incident: IncidentSummary
    package var alertedAt: Timestamp
    /// In the order of the summary's.
    package var keywords: [String]

    package init(incident: IncidentSummary, alertedAt: Timestamp, keywords: [String]) {
      self.incident = incident
      self.alertedAt = alertedAt
      self.keywords = keywords
    }
  }

  package enum Presence: String, CaseIterable, Sendable {
    case both
    /// Gained: only the new configuration alerts it.
    case new
    /// Lost: only today's configuration alerts it.
    case today
  }

  /// Under the new configuration; nil where it is lost.
  package var new: Side?
  /// Under today's configuration: of several the first; nil where it is gained.
  package var today: Side?

  package var presence: Presence { new == nil ? .today : today == nil ? .new : .both }

  /// The new configuration's word where it has one.
  package var side: Side? { new ?? today }

  /// Puts the alerts of two configurations beside each other, by the time of the alert.
  ///
  /// Two tell the same where they share a keyword, where one began less than `reachHours` after the other ended, and where their
  /// boxes touch or one of them is the whole area. One may tell the same as several.
  ///
  /// - Complexity: O(new × today).
  package static func pair(new: [Side], today: [Side]) -> [BacktestAlert] {
    var isKept = Array(repeating: false, count: today.count)
    var alerts: [BacktestAlert] = []
    for side in new {
      let same = today.indices.filter { isSame(side, today[$0]) }
      for index in same { isKept[index] = true }
      alerts.append(BacktestAlert(new: side, today: same.first.map { today[$0] }))
    }
    for (index, side) in today.enumerated() where !isKept[index] { alerts.append(BacktestAlert(new: nil, today: side)) }
    func key(_ alert: BacktestAlert) -> (Timestamp, UInt64) {
      (alert.side?.alertedAt ?? Timestamp(microseconds: 0), alert.side?.incident.id.rawValue ?? 0)
    }
    return alerts.sorted { key($0) < key($1) }
  }

  /// Hours between two incidents of which one may be the other's continuation.
  package static let reachHours: Int64 = 24

  private static func isSame(_ a: Side, _ b: Side) -> Bool {
    let reach = reachHours * 3_600_000_000
    guard a.incident.openedAt.microseconds <= b.incident.lastReportAt.microseconds + reach,
      b.incident.openedAt.microseconds <= a.incident.lastReportAt.microseconds + reach,
      a.keywords.contains(where: b.keywords.contains)
    else { return false }
    guard !a.incident.isWholeArea, !b.incident.isWholeArea, let first = a.incident.boundingBox,
      let second = b.incident.boundingBox
    else { return true }
    return first.touches(second)
  }
}

extension BoundingBox {
  /// Whether two boxes share a point; either may cross the antimeridian.
  fileprivate func touches(_ other: BoundingBox) -> Bool {
    guard southE7 <= other.northE7, other.southE7 <= northE7 else { return false }
    return holds(other.westE7) || other.holds(westE7)
  }

  private func holds(_ longitudeE7: Int32) -> Bool {
    westE7 <= eastE7 ? westE7 <= longitudeE7 && longitudeE7 <= eastE7 : longitudeE7 >= westE7 || longitudeE7 <= eastE7
  }
}
