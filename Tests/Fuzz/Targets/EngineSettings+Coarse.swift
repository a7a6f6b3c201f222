import Engine

extension EngineSettings {
  /// With the largest cells: an engine of the usual ones takes twenty milliseconds to make, most of them for its grids.
  static let coarse: EngineSettings = {
    var settings = EngineSettings()
    settings.profiles[0].cellMeters = 500_000
    return settings
  }()
}
