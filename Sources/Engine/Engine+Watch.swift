extension Engine {
  /// The longest nominal recurrence interval, in days, of any window that ended with the bin that was looked at last, of all
  /// profiles; zero where none reached the loosest level of the calibration.
  ///
  /// What the study compares with other methods: exact where an episode keeps the best of its windows only.
  package var rarestNominalDays: Double { scopes.indices.reduce(0) { max($0, scopes[$1].rarest.nominalDays) } }
}
