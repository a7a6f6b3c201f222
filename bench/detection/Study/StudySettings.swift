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
  package var thresholdRuns = 10
  package var thresholdBins = 1_000
  /// Bursts of each size on each null, and the longest delay that is looked at.
  package var burstRuns = 120
  package var burstBins = 20
  /// Bins before thresholds and delays are measured: fewer, for there is a run a burst.
  package var burstLearnBins = 480
  /// Bins that the peers are told before anything is measured: all that the longest memory among them holds.
  package var peerHistoryBins = 64
  /// Tocsin's dial where delays are compared: bins between false episodes. Loose, for the threshold decides.
  package var dialBins = 6
  /// The methods whose delays are measured.
  package var methods = Method.allCases
  /// Reports of a flood.
  package var floodCount = 100_000
  /// Events of each cost run, and bins that they are spread over.
  package var costEvents = 12_000_000
  package var costBins = 200
  package var costChoices = ClumpedStream.Choice.allCases

  package init() {}

  /// The small form, for a first look and the test suite.
  package static var quick: StudySettings {
    var settings = StudySettings()
    settings.side = 8
    settings.learnBins = 400
    settings.episodeRuns = 4
    settings.episodeBins = 300
    settings.thresholdRuns = 4
    settings.thresholdBins = 150
    settings.burstLearnBins = 400
    settings.burstRuns = 10
    settings.burstBins = 12
    settings.floodCount = 10_000
    settings.costEvents = 200_000
    settings.costBins = 60
    return settings
  }
}
