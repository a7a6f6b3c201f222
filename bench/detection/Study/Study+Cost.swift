package import Engine
import Platform
import Reports

extension Study {
  /// What one stream costs the engine.
  package struct Cost: Sendable {
    package var choice: ClumpedStream.Choice
    /// Whether windows are scanned; else the keywords learn for ever.
    package var isScanned: Bool
    package var eventCount: Int
    /// Processor time of the last day, when the tables are full, an event: apply and drain.
    package var applyNanoseconds: Double
    package var drainNanoseconds: Double
    package var census: Census
    /// Growth of the process's resident memory from before the first event until after the last; engine and all.
    package var residentByteCount: Int
  }

  /// Runs a clumped stream through an engine of default settings, but for the warm-up, and takes the time of its last day.
  ///
  /// - Parameter isScanned: With a warm-up until the last day but two, so that the last is scanned by learned baselines, and after the
  ///   first calibration, which comes once; else of ten years.
  package func cost(_ choice: ClumpedStream.Choice, isScanned: Bool) -> Cost {
    let eventsPerBin = settings.costEvents / settings.costBins
    let warmUpDays = max(1, settings.costBins / 24 - 2)
    let timedFrom = settings.costEvents - min(24, settings.costBins / 4) * eventsPerBin
    var stream = ClumpedStream(choice, eventsPerBin: eventsPerBin, seed: settings.seed)
    let before = ProcessMemory.residentByteCount
    var engineSettings = EngineSettings()
    engineSettings.profiles[0].warmUpDays = isScanned ? warmUpDays : 3_650
    var engine = Engine(settings: engineSettings)
    var (apply, drain): (UInt64, UInt64) = (0, 0)
    var (done, timed) = (0, 0)
    var position: UInt64 = 0
    while done < settings.costEvents {
      let batch = stream.next(min(4_096, settings.costEvents - done))
      let start = Clock.threadNanoseconds()
      _ = engine.apply(batch, at: position..<position + 1)
      let applied = Clock.threadNanoseconds()
      // As often as the service asks at full load: not after every batch.
      if position % 16 == 15 { _ = engine.drain() }
      let drained = Clock.threadNanoseconds()
      if done >= timedFrom {
        apply += applied - start
        drain += drained - applied
        timed += batch.count
      }
      done += batch.count
      position += 1
    }
    return Cost(
      choice: choice, isScanned: isScanned, eventCount: done, applyNanoseconds: Double(apply) / Double(timed),
      drainNanoseconds: Double(drain) / Double(timed), census: engine.census,
      residentByteCount: ProcessMemory.residentByteCount - before)
  }
}
