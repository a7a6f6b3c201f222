package import Engine
package import Reports

/// The real engine, told counts of a grid: a bin of the study is an hour of event time.
package struct EngineDriver: ~Copyable {
  /// Microseconds of a bin.
  package static let binMicroseconds: Int64 = 3_600_000_000
  /// Bins of a day of event time: recurrence intervals in days times this are in bins.
  package static let binsPerDay = 24.0
  /// Monday, 1 January 2024.
  package static let epoch = Timestamp(seconds: 1_704_067_200)

  private var engine: Engine
  private let grid: StudyGrid
  private let hasOneLook: Bool
  private var random: Random
  private var bin: Int64 = 0
  private var position: UInt64 = 0
  private var sequence: UInt64 = 1
  private var serial: UInt64 = 0

  /// An engine that has seen nothing.
  ///
  /// - Parameter hasOneLook: Whether all reports of a bin come in its last tenth, so that the engine looks once, when it knows the
  ///   whole bin: what methods do that are told a day's counts. Else they come all through the bin, and it looks six times.
  package init(_ settings: EngineSettings, grid: StudyGrid, seed: UInt64, hasOneLook: Bool = false) {
    engine = Engine(settings: settings)
    self.hasOneLook = hasOneLook
    self.grid = grid
    random = Random(seed: seed, stream: 4)
  }

  /// The engine's settings: one profile whose bin is an hour, and a dial in bins instead of days.
  package static func settings(_ null: Null, falseAlarmsPerBin: Double) -> EngineSettings {
    var profile = Profile(name: "study", cellMeters: 1_000, binMinutes: 60)
    profile.hasSeason = null.hasSeason
    // A day of quiet, and a bin stands for a day.
    profile.quietHours = 1
    var settings = EngineSettings()
    settings.profiles = [profile]
    settings.falseAlarmsPerDay = falseAlarmsPerBin * binsPerDay
    settings.utcOffsetMinutes = 0
    settings.groupWaitMinutes = 0
    settings.allowedLatenessMinutes = 0
    settings.idleTimeoutMinutes = 0
    settings.deduplicationWindowHours = 24
    settings.deduplicationEntryCount = 1 << 18
    return settings
  }

  /// Start of the bin that comes next.
  package var now: Timestamp { Timestamp(microseconds: Self.epoch.microseconds + bin * Self.binMicroseconds) }

  /// The longest nominal recurrence interval, in days, of any window that ended with the newest bin; zero where none is of note.
  package var rarestNominalDays: Double { engine.rarestNominalDays }

  /// What the engine holds.
  package var census: Census { engine.census }

  /// Tells the engine one bin: `counts` reports a cell, spread evenly over the bin in random order, and then the time at
  /// which the bin is over, so that nothing of it is left open.
  package mutating func advance(_ counts: [Int]) -> Changes {
    var cells: [Int] = []
    for (cell, count) in counts.enumerated() { for _ in 0..<count { cells.append(cell) } }
    random.shuffle(&cells)
    var reports = ReportBuilder(firstSequence: sequence, at: now)
    let span = hasOneLook ? Self.binMicroseconds / 10 : Self.binMicroseconds
    let first = now.microseconds + Self.binMicroseconds - span
    let step = span / Int64(cells.count + 1)
    for (index, cell) in cells.enumerated() {
      let time = Timestamp(microseconds: first + Int64(index + 1) * step)
      serial += 1
      reports.append(serial: serial, time: time, place: grid.places[cell])
    }
    bin += 1
    serial += 1
    reports.appendTime(serial: serial, time: now)
    return apply(reports.batch)
  }

  private mutating func apply(_ batch: ReportBatch) -> Changes {
    sequence += UInt64(batch.count)
    let verdicts = engine.apply(batch, at: position..<position + 1)
    precondition(verdicts.allSatisfy { $0 == .accepted }, "the study sends nothing that an engine may refuse")
    position += 1
    return engine.drain()
  }
}
