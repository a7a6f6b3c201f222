import Engine
import Reports

extension Section {
  /// The keys of a profile, which [cluster] and [[topic]] share.
  static let profile: [Setting<Profile>] = [
    Setting("cellMeters", \.cellMeters, .number(Limits.cellMeters), determinesSummaries: true, "Side of a grid cell."),
    Setting(
      "binMinutes", \.binMinutes, .binMinutes, determinesSummaries: true,
      "Width of a time bin: divides an hour, or is whole hours that divide a day."),
    Setting(
      "minimumWitnesses", \.minimumWitnesses, .integer(2...1_000), determinesSummaries: true,
      "Fewer independent witnesses in one cell and bin never count."),
    Setting(
      "minimumEpisodeWitnesses", \.minimumEpisodeWitnesses, .integer(1...1_000), determinesSummaries: true,
      "A window with fewer independent witnesses is never unusual."),
    Setting(
      "durationBins", \.durationBins,
      .list(
        of: .integer(1...Limits.durationBins), count: 1...Limits.durationCount,
        expected: "1 to \(Limits.durationCount) ascending integers from 1 to \(Limits.durationBins), as [1, 2, 4, 8, 24]",
        order: (says: "integers that ascend", precedes: { $0 < $1 })), determinesSummaries: true,
      "Lengths of the time windows that are tested, in bins, ascending."),
    Setting(
      "hasSeason", \.hasSeason, .boolean, determinesSummaries: true,
      "Whether reports follow the hour of the day and the day of the week."),
    Setting(
      "warmUpDays", \.warmUpDays, .integer(1...365), determinesSummaries: true,
      "Days on which a source must have reported before anything of it may alert."),
    Setting(
      "halfLifeDays", \.halfLifeDays, .integer(1...3_650), determinesSummaries: true,
      "Age at which what was seen weighs half in the baseline."),
    Setting(
      "squaredVariation", \.squaredVariation, .number(0...1), determinesSummaries: true,
      "How far a rate wanders by itself: v of the variance φ·m + v·m²."),
    Setting(
      "priorDispersion", \.priorDispersion, .number(1...100), determinesSummaries: true,
      "φ, variance over mean, of a keyword that little is known of."),
    Setting(
      "quietHours", \.quietHours, .integer(1...8_760), determinesSummaries: true,
      "An incident is closed when nothing of it was unusual for so long."),
  ].map { $0.inherited { $0.preset } }
}
