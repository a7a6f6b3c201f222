/// How one kind of topic is looked at: its grid, its time bins and what detection takes for granted of it.
package struct Profile: Equatable, Sendable {
  /// How configuration and summaries call it.
  package var name: String
  /// Side of a grid cell.
  package var cellMeters: Double
  /// Width of a time bin; a divisor or a multiple of an hour.
  package var binMinutes: Int
  /// The least θ: fewer independent witnesses are never a core node.
  package var minimumWitnesses = 3
  /// Distinct witnesses that the least unusual window has.
  package var minimumEpisodeWitnesses = 5
  /// Lengths of the time windows that are tested, ascending.
  package var durationBins = [1, 2, 4, 8, 24]
  /// Whether reports follow the hour of the day and the day of the week.
  package var hasSeason = true
  /// Covered days of a source before anything may alert.
  package var warmUpDays = 14
  /// Age at which a bin weighs half in the baseline.
  package var halfLifeDays = 28
  /// v of the variance φ·m + v·m²: how far a rate wanders by itself.
  package var squaredVariation = 0.05
  /// Variance over mean of a keyword that little is known of.
  package var priorDispersion = 1.5
  /// An incident is closed when nothing of it was unusual for so long.
  package var quietHours = 24

  package init(name: String, cellMeters: Double, binMinutes: Int) {
    self.name = name
    self.cellMeters = cellMeters
    self.binMinutes = binMinutes
  }

  /// A city by the kilometre and the hour: 311 complaints, hazards.
  package static let city = Profile(name: "city", cellMeters: 1_000, binMinutes: 60)
  /// A city by the block and the quarter of an hour.
  package static let block = Profile(name: "block", cellMeters: 250, binMinutes: 15)
  /// A state or a network: power outages, fires.
  package static let region = Profile(name: "region", cellMeters: 25_000, binMinutes: 60)
  /// A country's weather: tornadoes.
  package static let storm = Profile(name: "storm", cellMeters: 50_000, binMinutes: 60)
  /// Earthquakes: no season, long windows, a long warm-up.
  package static let quake = {
    var profile = Profile(name: "quake", cellMeters: 10_000, binMinutes: 60)
    profile.hasSeason = false
    profile.durationBins = [1, 2, 4, 8, 24, 72]
    profile.warmUpDays = 28
    return profile
  }()

  /// The presets, the default first.
  package static let presets = [city, block, region, storm, quake]
}
