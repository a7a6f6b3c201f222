import Configuration
import Engine
import Foundation
import Reports
import Testing

/// The file of defaults and annotations that is delivered.
private let deliveredFile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "config/tocsin.toml")

private func read(_ text: String) throws(ConfigurationError) -> Configuration {
  try Configuration(parsing: "version = 1\n" + text, file: "t.toml")
}

@Suite struct ConfigurationTests {
  /// The lines of the error that a text gives; empty where it is taken.
  private func check(_ text: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try Configuration(parsing: text, file: "t.toml")
      #expect(expected == [], sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == expected.joined(separator: "\n"), sourceLocation: sourceLocation)
    }
  }

  /// One key's faults: the message behind the key.
  private func checkKey(_ group: String, _ line: String, _ message: String?, sourceLocation: SourceLocation = #_sourceLocation) {
    let key = "\(group).\(line.prefix { $0 != " " })"
    check(
      "version = 1\n[\(group)]\n\(line)", message.map { ["t.toml:3:1: \(key): \($0)"] } ?? [], sourceLocation: sourceLocation)
  }

  @Test func aMinimalFileGivesTheDefaults() throws {
    #expect(try read("") == .default)
    #expect(try Configuration(parsing: "\u{feff}version = 1\r\n", file: "t.toml") == .default)
  }

  @Test func theDeliveredFileGivesTheDefaultsAndIsTheRenderingOfThem() throws {
    #expect(try Configuration.load(path: deliveredFile.path) == .default)
    #expect(try String(contentsOf: deliveredFile, encoding: .utf8).hasSuffix(Configuration.default.rendered()))
  }

  @Test func theDefaultsAreThoseOfTheDocuments() {
    let settings = Configuration.default
    #expect(settings.engine == EngineSettings())
    #expect(settings.service.endpoint == "tcp://127.0.0.1:7737")
    #expect(settings.service.creditEvents == 65_536)
    #expect(settings.service.creditMebibytes == 16)
    #expect(settings.service.heartbeatMilliseconds == 2_000)
    #expect(settings.time.maximumSkewAheadMinutes == 60)
    #expect(settings.journal.segmentMebibytes == 128)
    #expect(settings.archive.flushMilliseconds == 250)
  }

  @Test func everyKeyGoesWhereItBelongs() throws {
    let settings = try read(
      """
      [service]
      endpoint = "ipc:///run/tocsin.sock"
      creditEvents = 4096
      creditMebibytes = 4
      heartbeatMilliseconds = 100
      [cluster]
      cellMeters = 250
      binMinutes = 15
      minimumWitnesses = 5
      [time]
      allowedLatenessMinutes = 0
      maximumSkewAheadMinutes = 1
      [deduplicate]
      windowHours = 2
      maximumEntries = 3
      [journal]
      segmentMebibytes = 7
      [archive]
      flushMilliseconds = 10
      """)
    var engine = EngineSettings()
    engine.cellMeters = 250
    engine.binMinutes = 15
    engine.minimumWitnesses = 5
    engine.allowedLatenessMinutes = 0
    engine.deduplicationWindowHours = 2
    engine.deduplicationEntryCount = 3
    #expect(settings.engine == engine)
    #expect(settings.service.endpoint == "ipc:///run/tocsin.sock")
    #expect(settings.service.creditEvents == 4_096)
    #expect(settings.service.creditMebibytes == 4)
    #expect(settings.service.heartbeatMilliseconds == 100)
    #expect(settings.time.maximumSkewAheadMinutes == 1)
    #expect(settings.journal.segmentMebibytes == 7)
    #expect(settings.archive.flushMilliseconds == 10)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
  }

  @Test func retentionIsBoundedAndMakesNothingAnew() throws {
    let settings = try read("[retention]\ntextDays = 1\ncountDays = 2\nsummaryDays = 30")
    #expect([settings.retention.textDays, settings.retention.countDays, settings.retention.summaryDays] == [1, 2, 30] as [Int])
    #expect(settings.fingerprint == Configuration.default.fingerprint)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
    let defaults = Configuration.default.retention
    #expect([defaults.textDays, defaults.countDays, defaults.summaryDays] == [366, 1_830, 3_660] as [Int])
    checkKey("retention", "textDays = 0", "expected an integer from 1 to 36500; found 0")
    checkKey("retention", "countDays = 36501", "expected an integer from 1 to 36500; found 36501")
    checkKey("retention", "summaryDays = 29", "expected an integer from 30 to 36500; found 29")
    let why = "is more than summaryDays 100, with which its texts go; lower the one or raise the other"
    checkKey("retention", "summaryDays = 100", "textDays 366 \(why)")
    check(
      "version = 1\n[retention]\nsummaryDays = 100\n textDays = 101", ["t.toml:4:2: retention.textDays: textDays 101 \(why)"])
    checkKey("retention", "textDays = 3660", nil)
  }

  @Test func dottedKeysAreKeys() throws {
    #expect(try read("cluster.minimumWitnesses = 4").engine.minimumWitnesses == 4)
    #expect(try read("cluster = { minimumWitnesses = 4 }").engine.minimumWitnesses == 4)
  }

  @Test func theVersionIsRequired() {
    check("", ["t.toml:1:1: version: missing; write version = 1 as the first line"])
    check(
      "# hello\n\nversion = 2",
      ["t.toml:3:1: version: expected 1, the version that this program reads; found 2"])
    check(
      "version = \"1\"",
      ["t.toml:1:1: version: expected 1, the version that this program reads; found the string \"1\""])
    check(
      "[cluster]\nversion = 1",
      [
        "t.toml:1:1: version: missing; write version = 1 as the first line",
        "t.toml:2:1: cluster.version: unknown key; remove it",
      ])
  }

  @Test func allProblemsAreListed() {
    check(
      """
      version = 1
      [cluster]
      binMinuts = 60
      cellMeters = "1km"
      minimumWitnesses = 1
      [jurnal]
      segmentMebibytes = 0
      [time]
        maximumSkewAheadMinutes = 99999
      """,
      [
        "t.toml:3:1: cluster.binMinuts: unknown key; did you mean cluster.binMinutes?",
        "t.toml:4:1: cluster.cellMeters: expected a number from 50.0 to 500000.0; found the string \"1km\"",
        "t.toml:5:1: cluster.minimumWitnesses: expected an integer from 2 to 1000; found 1",
        "t.toml:6:2: jurnal: unknown table; did you mean journal?",
        "t.toml:9:3: time.maximumSkewAheadMinutes: expected an integer from 0 to 1440; found 99999",
      ])
  }

  @Test func unknownKeysAreExplained() {
    checkKey("time", "binMinutes = 60", "unknown key; binMinutes belongs into [cluster]")
    checkKey("time", "binMinute = 60", "unknown key; did you mean cluster.binMinutes?")
    checkKey("time", "colour = 1", "unknown key; remove it")
    check("version = 1\nvresion = 1", ["t.toml:2:1: vresion: unknown key; did you mean version?"])
    check("version = 1\n\"a.b\\u001b\" = 1", [#"t.toml:2:1: "a.b\u001b": unknown key; remove it"#])
  }

  @Test func wrongTypesAreExplained() {
    let expected = "expected an integer from 2 to 1000; found "
    checkKey("cluster", "minimumWitnesses = true", expected + "true")
    checkKey("cluster", "minimumWitnesses = 3.0", expected + "3.0")
    checkKey("cluster", "minimumWitnesses = [1, 2]", expected + "an array")
    checkKey("cluster", "minimumWitnesses = {a = 1}", expected + "a table")
    checkKey("cluster", "minimumWitnesses = 2015-02-10", expected + "the time 2015-02-10")
    checkKey("cluster", "minimumWitnesses = \"\\u001b[2J\"", expected + "the string \"\\u{1B}[2J\"")
    check("version = 1\ncluster = 3", ["t.toml:2:1: cluster: expected a table [cluster]; found 3"])
    check("version = 1\n[[cluster]]\ncellMeters = 3", ["t.toml:2:3: cluster: expected a table [cluster]; found an array"])
  }

  @Test func boundsAreBounds() {
    for minutes in [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1_440] {
      checkKey("cluster", "binMinutes = \(minutes)", nil)
    }
    let bin = "expected an integer from 1 to 1440 that divides 60, or a multiple of 60 that divides 1440; found "
    for minutes in [-60, 0, 7, 45, 90, 300, 420, 1_439, 1_500, 2_880] {
      checkKey("cluster", "binMinutes = \(minutes)", bin + "\(minutes)")
    }
    let cell = "expected a number from 50.0 to 500000.0; found "
    for (value, found) in [("nan", "nan"), ("inf", "inf"), ("-1", "-1"), ("49.9", "49.9"), ("500001", "500001")] {
      checkKey("cluster", "cellMeters = \(value)", cell + found)
    }
    checkKey("cluster", "cellMeters = 50", nil)
    checkKey("cluster", "cellMeters = 5e5", nil)
    checkKey(
      "journal", "segmentMebibytes = 9223372036854775807",
      "expected an integer from 1 to 4096; found 9223372036854775807")
  }

  @Test func endpointsAreEndpoints() {
    for good in ["tcp://*:7737", "tcp://127.0.0.1:1", "tcp://[::1]:65535", "tcp://host.example:80", "ipc:///tmp/a"] {
      checkKey("service", "endpoint = \"\(good)\"", nil)
    }
    let expected = "expected tcp://HOST:PORT or ipc://PATH in quotes, as \"tcp://127.0.0.1:7737\"; found the string "
    let long = "ipc://" + String(repeating: "a", count: 101)
    for bad in [
      "", "tcp://", "tcp://:1", "tcp://a", "tcp://a:", "tcp://a:0", "tcp://a:65536", "tcp://a:+1", "udp://a:1", "ipc://",
      "tcp://a b:1", "tcp://é:1",
    ] {
      checkKey("service", "endpoint = \"\(bad)\"", expected + "\"\(bad)\"")
    }
    checkKey("service", "endpoint = \"\(long)\"", expected + "\"\(long.prefix(40))…\"")
  }

  @Test func theFingerprintHoldsWhatDeterminesSummariesAndNothingElse() throws {
    #expect(
      Configuration.default.fingerprint == """
        cluster.binMinutes=60
        cluster.cellMeters=1000.0
        cluster.durationBins=[1, 2, 4, 8, 24]
        cluster.halfLifeDays=28
        cluster.hasSeason=true
        cluster.minimumEpisodeWitnesses=5
        cluster.minimumWitnesses=3
        cluster.priorDispersion=1.5
        cluster.quietHours=24
        cluster.squaredVariation=0.05
        cluster.warmUpDays=14
        deduplicate.maximumEntries=16000000
        deduplicate.window="fixed"
        deduplicate.windowHours=168
        detection.falseAlarmsPerDay=0.03333333333333333
        detection.groupWaitMinutes=10
        detection.language="english"
        detection.newKeywordsPerSourceDay=1000
        detection.profile="city"
        detection.termsPerText=3
        quarantine.maximumEvents=10000
        quarantine.maximumMebibytes=64
        time.allowedLatenessMinutes=360
        time.idleTimeoutMinutes=60

        """)
    #expect(try read("cluster.cellMeters = 1000").fingerprint == Configuration.default.fingerprint)
    #expect(try read("cluster.cellMeters = 1001").fingerprint != Configuration.default.fingerprint)
    #expect(try read("journal.segmentMebibytes = 1").fingerprint == Configuration.default.fingerprint)
    #expect(try read("service.endpoint = \"tcp://*:1\"").fingerprint == Configuration.default.fingerprint)
    var rekeyed = Configuration.default
    rekeyed.engine.identityKey.first = 1
    #expect(rekeyed.fingerprint == Configuration.default.fingerprint)
  }

  @Test func filesThatCannotBeReadAreNamed() {
    func check(_ path: String, _ expected: String) {
      do {
        _ = try Configuration.load(path: path)
        Issue.record("expected an error for \(path)")
      } catch {
        #expect(error.description == expected)
      }
    }
    check("/nowhere/t.toml", "/nowhere/t.toml: cannot be read: No such file or directory; check the path and who may read it")
    check("/", "/: cannot be read: Is a directory; check the path and who may read it")
    check("a\0b", "a\0b: cannot be read: a path holds no zero byte")
    check("/dev/zero", "/dev/zero: too long: a configuration has at most 1048576 bytes")
  }
}
