import Configuration
import Engine
import Testing

/// What the file says of detection: the profiles and what overrides them.
@Suite struct DetectionTests {
  private func read(_ text: String, profile: Profile? = nil) throws(ConfigurationError) -> Configuration {
    try Configuration(parsing: "version = 1\n" + text, file: "t.toml", profile: profile)
  }

  /// The lines of the error that a text gives; empty where it is taken.
  private func check(_ text: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try read(text)
      #expect(expected == [], sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == expected.joined(separator: "\n"), sourceLocation: sourceLocation)
    }
  }

  /// One key's fault: the message behind the key.
  private func checkKey(_ group: String, _ line: String, _ message: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    let key = "\(group).\(line.prefix { $0 != " " })"
    check("[\(group)]\n\(line)", message.map { ["t.toml:3:1: \(key): \($0)"] } ?? [], sourceLocation: sourceLocation)
  }

  @Test func theDefaultsAreExact() throws {
    #expect(Configuration.default.engine.falseAlarmsPerDay == 1.0 / 30)
    #expect(try Configuration(parsing: Configuration.default.rendered(), file: "again").engine.falseAlarmsPerDay == 1.0 / 30)
    #expect(Configuration.default.engine.profiles == [.city])
    #expect(Configuration.default.engine.utcOffsetMinutes == nil)
    #expect(Configuration.default.terms.language == "english")
    #expect(Configuration.default.terms.reporterRotationDays == 30)
  }

  @Test func everyKeyGoesWhereItBelongs() throws {
    let settings = try read(
      """
      [cluster]
      minimumEpisodeWitnesses = 11
      durationBins = [2, 168]
      hasSeason = true
      warmUpDays = 3
      halfLifeDays = 4
      squaredVariation = 0
      priorDispersion = 2
      quietHours = 5
      [detection]
      profile = "quake"
      falseAlarmsPerDay = 1
      utcOffsetMinutes = -300
      groupWaitMinutes = 6
      newKeywordsPerSourceDay = 7
      termsPerText = 0
      language = "none"
      reporterRotationDays = 8
      [time]
      idleTimeoutMinutes = 9
      """)
    var profile = Profile.quake
    profile.minimumEpisodeWitnesses = 11
    profile.durationBins = [2, 168]
    profile.hasSeason = true
    profile.warmUpDays = 3
    profile.halfLifeDays = 4
    profile.squaredVariation = 0
    profile.priorDispersion = 2
    profile.quietHours = 5
    var engine = EngineSettings()
    engine.profiles = [profile]
    engine.falseAlarmsPerDay = 1
    engine.utcOffsetMinutes = -300
    engine.groupWaitMinutes = 6
    engine.newKeywordsPerSourceDay = 7
    engine.termsPerText = 0
    engine.idleTimeoutMinutes = 9
    #expect(settings.engine == engine)
    #expect(settings.terms.language == "none")
    #expect(settings.terms.reporterRotationDays == 8)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
  }

  @Test(arguments: Profile.presets) func aPresetStandsBeforeWhatOverridesIt(preset: Profile) throws {
    #expect(try read("detection.profile = \"\(preset.name)\"").engine.profiles == [preset])
    #expect(try read("detection.profile = \"\(preset.name)\"") == Configuration(profile: preset))
    #expect(try read("", profile: preset) == Configuration(profile: preset))
    var expected = preset
    expected.cellMeters = 77
    for text in ["[cluster]\ncellMeters = 77\n[detection]\nprofile = ", "detection.profile = "] {
      let end = text.hasPrefix("[") ? "" : "\ncluster.cellMeters = 77"
      #expect(try read(text + "\"\(preset.name)\"" + end).engine.profiles == [expected])
      // The command line's profile replaces the file's, but not what overrides it.
      #expect(try read(text + "\"storm\"" + end, profile: preset).engine.profiles == [expected])
    }
    let settings = try read("cluster.cellMeters = 77", profile: preset)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
  }

  @Test func theDeliveredFormTakesAnotherProfile() throws {
    let rendered = Configuration.default.rendered()
    #expect(try Configuration(parsing: rendered, file: "t", profile: .quake) == Configuration(profile: .quake))
  }

  @Test func aWrongProfileInTheFileIsToldThoughAnotherIsAskedFor() {
    #expect(throws: ConfigurationError.self) { try read("detection.profile = 3", profile: .quake) }
  }

  @Test func choicesAreExplained() {
    let presets = "expected \"city\", \"block\", \"region\", \"storm\" or \"quake\"; found "
    checkKey("detection", "profile = \"quak\"", presets + "the string \"quak\"; did you mean \"quake\"?")
    checkKey("detection", "profile = \"volcano\"", presets + "the string \"volcano\"")
    checkKey("detection", "profile = 1", presets + "1")
    for language in Configuration.Terms.languages { checkKey("detection", "language = \"\(language)\"", nil) }
    do {
      _ = try read("detection.language = \"englsh\"")
      Issue.record("expected an error")
    } catch {
      #expect(error.description.hasSuffix("; found the string \"englsh\"; did you mean \"english\"?"))
    }
    checkKey("cluster", "hasSeason = 1", "expected true or false; found 1")
    checkKey("cluster", "hasSeason = \"true\"", "expected true or false; found the string \"true\"")
  }

  @Test func boundsAreBounds() throws {
    for good in ["1e-4", "10", "0.0333"] { checkKey("detection", "falseAlarmsPerDay = \(good)", nil) }
    for bad in ["0", "10.5", "-1", "nan"] {
      checkKey("detection", "falseAlarmsPerDay = \(bad)", "expected a number from 0.0001 to 10.0; found \(bad)")
    }
    for minutes in [-840, 0, 840] { checkKey("detection", "utcOffsetMinutes = \(minutes)", nil) }
    for minutes in [-841, 841] {
      checkKey("detection", "utcOffsetMinutes = \(minutes)", "expected an integer from -840 to 840; found \(minutes)")
    }
    checkKey("cluster", "priorDispersion = 0.9", "expected a number from 1.0 to 100.0; found 0.9")
    checkKey("cluster", "warmUpDays = 0", "expected an integer from 1 to 365; found 0")
    for good in [1, 1_000] { checkKey("cluster", "minimumEpisodeWitnesses = \(good)", nil) }
    for bad in [0, 1_001] {
      checkKey("cluster", "minimumEpisodeWitnesses = \(bad)", "expected an integer from 1 to 1000; found \(bad)")
    }
    #expect(try read("cluster.minimumEpisodeWitnesses = 6").fingerprint != Configuration.default.fingerprint)
  }

  @Test func durationsAscend() {
    let expected = "expected 1 to 8 ascending integers from 1 to 168, as [1, 2, 4, 8, 24]; found "
    checkKey("cluster", "durationBins = [1, 2, 3, 4, 5, 6, 7, 168]", nil)
    checkKey("cluster", "durationBins = []", expected + "an empty array")
    checkKey("cluster", "durationBins = [1, 2, 3, 4, 5, 6, 7, 8, 9]", expected + "an array of 9")
    checkKey("cluster", "durationBins = 4", expected + "4")
    check(
      "[cluster]\ndurationBins = [2, 2, 0, 169, true]",
      [
        "t.toml:3:20: cluster.durationBins[1]: expected integers that ascend; found 2 after 2",
        "t.toml:3:23: cluster.durationBins[2]: expected an integer from 1 to 168; found 0",
        "t.toml:3:26: cluster.durationBins[3]: expected an integer from 1 to 168; found 169",
        "t.toml:3:31: cluster.durationBins[4]: expected an integer from 1 to 168; found true",
      ])
  }

  @Test func latenessAndIdleTimeoutAreBoundedTogether() {
    check("time = { idleTimeoutMinutes = 200, allowedLatenessMinutes = 43000 }", [])
    check(
      "[time]\nallowedLatenessMinutes = 43000\nidleTimeoutMinutes = 201",
      [
        "t.toml:4:1: time.idleTimeoutMinutes: idleTimeoutMinutes 201 and allowedLatenessMinutes 43000 are together more than "
          + "43200, which is 30 days; lower one of them"
      ])
    check(
      "[time]\nallowedLatenessMinutes = 43200",
      [
        "t.toml:3:1: time.allowedLatenessMinutes: idleTimeoutMinutes 60 and allowedLatenessMinutes 43200 are together more than "
          + "43200, which is 30 days; lower one of them"
      ])
  }
}
