/// How much is simulated.
package struct StudySettings: Sendable {
  /// The first seed; further runs count up from it.
  package var seed: UInt64 = 1
  package var threadCount = 2
  /// Rows and columns of the grid.
  package var side = 16
  /// Bins before anything is measured.
  package var learnBins = 1_440
  /// Runs of each null, and bins measured in each, for stated against measured false episodes.
  package var episodeRuns = 40
  package var episodeBins = 2_000
  /// Runs of each null, and bins measured in each, from which thresholds are found.
  package var thresholdRuns = 20
  package var thresholdBins = 1_000
  /// Bursts of each size on each null, and the longest delay that is looked at.
  package var burstRuns = 200
  package var burstBins = 20
  /// Bins that the peers are told before anything is measured: more than any of them remembers.
  package var peerHistoryBins = 150
  /// Events of each cost run, and bins that they are spread over.
  package var costEvents = 6_000_000
  package var costBins = 36

  package init() {}

  /// The small form that the test suite runs.
  package static var quick: StudySettings {
    var settings = StudySettings()
    settings.side = 12
    settings.learnBins = 480
    settings.episodeRuns = 4
    settings.episodeBins = 300
    settings.thresholdRuns = 4
    settings.thresholdBins = 150
    settings.burstRuns = 10
    settings.burstBins = 12
    settings.costEvents = 200_000
    settings.costBins = 12
    return settings
  }
}
