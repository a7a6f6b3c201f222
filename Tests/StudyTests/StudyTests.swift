import Engine
import Reports
import Study
import Testing

/// The study in its small form.
@Suite struct StudyTests {
  private let study = Study(.quick)

  @Test func theDenseNullDoesNotChain() {
    let result = study.denseNull()
    #expect(result.reportCount == Study.denseReportCount)
    #expect(result.largestShare <= 0.01, "largest cluster \(result.largestReportCount) of \(result.reportCount)")
  }

  /// A flood of events that each have a witness cannot be told from an event; what is sent twice is the engine's own tests' matter.
  @Test func floodsAndDoublesBringNoEpisode() throws {
    let results = try study.disturbed([.none, .floodOfReporter, .floodOfSource, .rewritten])
    let plain = Set(try #require(results.first).episodes)
    #expect(!plain.isEmpty, "a stream without a single false episode would tell nothing")
    for result in results {
      let extra = Set(result.episodes).subtracting(plain)
      #expect(extra.isEmpty, "\(result.disturbance.rawValue): \(extra.count) more")
    }
  }

  /// What is stated is about what is measured, as far as so short a run can tell: twenty episodes are stated, whose number has a
  /// standard error of a quarter. The long form measures all nulls.
  @Test func falseEpisodesAreAboutAsManyAsStated() throws {
    var settings = StudySettings.quick
    settings.episodeRuns = 1
    settings.episodeBins = 600
    let ratio = try Study(settings).falseEpisodes(.clumped).ratio(0).mean
    #expect(ratio >= 0.2 && ratio <= 2, "seed \(settings.seed): measured ÷ stated \(ratio)")
  }

  /// One report stands in each cell of the square, so every cell is told apart.
  @Test func theSquareIsCellsOfTheEngine() {
    let grid = StudyGrid(side: 16)
    #expect(Set(grid.places).count == 256)
    for row in 0..<16 {
      let latitudes = Set(grid.places[row * 16..<row * 16 + 16].map(\.latitudeE7))
      #expect(latitudes.count == 1)
    }
  }

  @Test func theEngineIsTalkedToBinByBin() {
    var driver = EngineDriver(EngineDriver.settings(.poisson, falseAlarmsPerBin: 0.1), grid: StudyGrid(side: 4), seed: 1)
    let changes = driver.advance([3, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9])
    #expect(changes.sources.first { $0.name == Array("study".utf8) }?.ledger.accepted == 16)
    #expect(changes.watermark == driver.now)
    #expect(driver.now.microseconds - EngineDriver.epoch.microseconds == EngineDriver.binMicroseconds)
  }

  /// Every peer sees the same end of the stream, so its first score does not depend on how long the stream was before.
  @Test(arguments: Method.allCases.filter { $0 != .tocsin && $0 != .steadyTocsin })
  func peersAreWarmWhenTheyAreMeasured(method: Method) {
    var settings = StudySettings.quick
    settings.burstLearnBins = settings.peerHistoryBins
    let burst = Burst(.nine, intensity: 50, side: settings.side, seed: 1)
    let quiet = method.scores(.poisson, seed: 1, count: 4, burst: nil, settings: settings)
    let loud = method.scores(.poisson, seed: 1, count: 4, burst: burst, settings: settings)
    #expect(quiet.allSatisfy { $0 > 0 }, "\(quiet)")
    #expect(loud[0] > 2 * quiet[0], "\(loud) over \(quiet)")
  }

  @Test func reportsAreTablesAndPlots() {
    var report = StudyReport(seed: 1)
    var table = Table(title: "T", note: "N", columns: ["a", "b", "c"])
    table.rows.append([.text("x"), .estimate(Estimate(mean: -1.005, standardError: 0.25), digits: 1), .missing])
    report.tables.append(table)
    #expect(report.markdown.contains("## T\n\nN\n\n| a | b | c |\n|---|---:|---:|\n| x | −1.0 ± 0.3 | – |\n"))
    #expect(
      String(decoding: report.json, as: UTF8.self).contains(
        #""rows":[{"a":"x","b":{"mean":-1.005,"standardError":0.25},"c":null}]"#))
    var chart = LineChart(
      title: "a < b", xTitle: "x", yTitle: "y", xRange: 0.01...1, yRange: 0...10, xTicks: [(0.1, "1/10")], xMark: 0.1)
    chart.series.append(LineChart.Series(name: "s", points: [(0.01, 0), (0.1, 5), (1, 10), (2, 11)]))
    // The ends of the axes are the corners of the frame; what lies outside is left out.
    #expect(chart.svg.contains("points=\"70.0,400.0 335.0,225.0 600.0,50.0\""))
    #expect(chart.svg.contains("a &lt; b"))
  }
}
