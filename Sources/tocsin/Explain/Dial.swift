import Archive
import Render

/// How seldom something must be to alert, as far as the store says.
struct Dial {
  /// What chance alone brings more often than this is no sign of anything.
  static let ordinaryDays = 1.0
  /// The default's, where the store says nothing.
  private static let defaultDays = 30.0

  private let days: Double?

  init(_ meta: ArchiveMeta) { days = meta.falseAlarmsPerDay.flatMap { $0 > 0 ? 1 / $0 : nil } }

  /// Whether a recurrence interval is as long as an alert's must be.
  func alerts(_ intervalDays: Double) -> Bool { intervalDays >= (days ?? Self.defaultDays) }

  /// What an interval is held against; empty where that is not known.
  var words: String { days.map { " (an alert needs \(Words.interval(days: $0)))" } ?? "" }
}
