import Configuration
import Engine
import Reports
import TestSupport
import Testing

/// The arrays of tables: `[[topic]]` and `[[source]]`.
@Suite struct ListTests {
  private func read(_ text: String) throws(ConfigurationError) -> Configuration {
    try Configuration(parsing: "version = 1\n" + text, file: "t.toml")
  }

  private func check(_ text: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try read(text)
      #expect(expected == [], sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == expected.joined(separator: "\n"), sourceLocation: sourceLocation)
    }
  }

  @Test func topicsGetProfilesAndShareThem() throws {
    let settings = try read(
      """
      topic = [
        { keywords = ["  EARTH  quake ", "M*", "straße *"], profile = "quake" },
        { keywords = ["a"], cellMeters = 5000, profile = "quake" },
        { keywords = ["b"], profile = "quake" },
        { keywords = ["c"], profile = "city" },
        { keywords = ["d"], profile = "quake", cellMeters = 5e3 },
        { keywords = ["e"], profile = "city", cellMeters = 900 },
      ]
      cluster.cellMeters = 900
      """)
    var city = Profile.city
    city.cellMeters = 900
    var fine = Profile(name: "quake#3", cellMeters: 5_000, binMinutes: 60)
    fine.hasSeason = false
    fine.durationBins = [1, 2, 4, 8, 24, 72]
    fine.warmUpDays = 28
    // The default is called city though it is not the preset: the preset itself is another, by another name.
    let plain = Profile(name: "city#4", cellMeters: 1_000, binMinutes: 60)
    #expect(settings.engine.profiles == [city, .quake, fine, plain])
    #expect(settings.engine.topics.map(\.profile) == [1, 2, 1, 3, 2, 0])
    #expect(settings.engine.topics[0].keywords == ["earth quake", "m*", "strasse*"])
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
    let lines = settings.fingerprint.split(separator: "\n")
    for line in [
      "topic[0].keywords=[\"earth quake\", \"m*\", \"strasse*\"]", "topic[0].profile=\"quake\"", "topic[0].cellMeters=10000.0",
      "topic[1].cellMeters=5000.0", "topic[1].hasSeason=false", "cluster.cellMeters=900.0",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
  }

  @Test func sourcesAreRead() throws {
    let settings = try read(
      """
      [[source]]
      prefix = "boston311/employee-generated"
      role = "staff"
      [[source]]
      prefix = "usgs \\"α\\" \\\\ \\u200b\\U0001F30B"
      witness = "source"
      role = "sensor"
      [[source]]
      prefix = ""
      """)
    let expected = [
      SourceRule(prefix: "boston311/employee-generated", role: .staff),
      SourceRule(prefix: "usgs \"α\" \\ \u{200b}\u{1f30b}", role: .sensor, witness: .source), SourceRule(prefix: ""),
    ]
    #expect(settings.engine.sources == expected)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
    #expect(settings.rendered().contains("\\u200b"))
    #expect(settings.fingerprint.contains("source[0].role=\"staff\"\n"))
  }

  /// Without the `#` the examples of the delivered file are what a reader takes them for.
  @Test func theExamplesHold() throws {
    let lines = Configuration.default.rendered().split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.hasPrefix("# ") || !$0.hasPrefix("#") ? $0 : $0.dropFirst() }.joined(separator: "\n")
    let settings = try Configuration(parsing: text, file: "t.toml")
    #expect(settings.engine.topics == [TopicRule(keywords: ["earthquake", "m*"], profile: 1)])
    #expect(settings.engine.profiles[0] == .city)
    #expect(settings.engine.profiles[1].cellMeters == 5_000)
    #expect(settings.engine.sources == [SourceRule(prefix: "boston311/employee-generated", role: .staff)])
    #expect(settings.engine.utcOffsetMinutes == -300)
  }

  @Test func faultsOfElementsHaveTheirPlace() {
    check(
      """
      [[topic]]
      keywords = ["a", "*", 3, " ", "\(String(repeating: "k", count: 65))"]
      [[topic]]
      keywords = []
      profile = "cty"
      cellMetres = 3
      [[source]]
      role = "stuff"
      keywords = 3
      """,
      [
        "t.toml:2:1: topic[0].profile: missing; write profile = \"quake\"",
        "t.toml:3:18: topic[0].keywords[1]: \(keyword)the string \"*\"",
        "t.toml:3:23: topic[0].keywords[2]: \(keyword)3",
        "t.toml:3:26: topic[0].keywords[3]: \(keyword)the string \" \"",
        "t.toml:3:31: topic[0].keywords[4]: \(keyword)the string \"\(String(repeating: "k", count: 40))…\"",
        "t.toml:5:1: topic[1].keywords: expected 1 to 64 keywords, as [\"earthquake\", \"m*\"]; found an empty array",
        "t.toml:6:1: topic[1].profile: expected \"city\", \"block\", \"region\", \"storm\" or \"quake\"; found the string \"cty\"; "
          + "did you mean \"city\"?",
        "t.toml:7:1: topic[1].cellMetres: unknown key; did you mean topic.cellMeters?",
        "t.toml:8:1: source[0].prefix: missing; write prefix = \"boston311/\"",
        "t.toml:9:1: source[0].role: expected \"public\", \"staff\" or \"sensor\"; found the string \"stuff\"; did you mean "
          + "\"staff\"?",
        "t.toml:10:1: source[0].keywords: unknown key; keywords belongs into [[topic]]",
      ])
  }

  private let keyword =
    "expected a keyword of at most 64 bytes in quotes, or how keywords begin and *, as \"earth*\"; found "

  @Test func listsAreLists() {
    check("[topic]\nkeywords = [\"a\"]", ["t.toml:2:2: topic: expected tables [[topic]]; found a table"])
    check("topic = [1]", ["t.toml:2:10: topic[0]: expected a table [[topic]]; found 1"])
    check("topic = []\nsource = []", [])
    check(
      "source = [{ prefix = \"a\\u0007\" }]",
      [
        "t.toml:2:13: source[0].prefix: expected a string of at most 256 bytes without control characters; found the string "
          + "\"a\\u{07}\""
      ])
  }

  @Test func nothingIsSaidTwice() {
    check(
      "[[topic]]\nkeywords = [\"a\", \"A \"]\nprofile = \"city\"\n[[topic]]\nkeywords = [\"a*\", \"a\"]\nprofile = \"city\"",
      [
        "t.toml:3:18: topic[0].keywords[1]: stands in topic[0].keywords[0] already; a keyword has one profile: leave it out here "
          + "or there",
        "t.toml:6:19: topic[1].keywords[1]: stands in topic[0].keywords[0] already; a keyword has one profile: leave it out here "
          + "or there",
      ])
    check(
      "source = [{ prefix = \"a\" }, { prefix = \"b\" }, { prefix = \"a\" }]",
      ["t.toml:2:49: source[2].prefix: stands in source[0].prefix already; leave one of them out"])
  }

  @Test func countsAreBounded() throws {
    func topics(_ count: Int, _ keywordCount: Int) -> String {
      (0..<count).map { topic in
        let keywords = (0..<keywordCount).map { "\"k\(topic)x\($0)\"" }.joined(separator: ", ")
        return "[[topic]]\nkeywords = [\(keywords)]\nprofile = \"city\"\nquietHours = \(topic + 1)\n"
      }.joined()
    }
    let settings = try read(topics(Limits.topicCount, Limits.topicKeywordCount))
    #expect(settings.engine.profiles.count == 17)
    #expect(Set(settings.engine.profiles.map(\.name)).count == 17)
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
    check(topics(17, 1), ["t.toml:2:3: topic: expected at most 16 tables [[topic]]; found 17"])
    check(
      topics(1, 65),
      ["t.toml:3:1: topic[0].keywords: expected 1 to 64 keywords, as [\"earthquake\", \"m*\"]; found an array of 65"])
    let sources = (0..<257).map { "[[source]]\nprefix = \"s\($0)\"\n" }
    check(sources.dropLast().joined(), [])
    check(sources.joined(), ["t.toml:2:3: source: expected at most 256 tables [[source]]; found 257"])
  }

  /// Whatever is in force, its rendering reads back as it, and renders as before.
  @Test(arguments: 0..<200 as Range<UInt64>) func renderingsReadBack(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func profile() -> Profile {
      var profile = Profile.presets.randomElement(using: &generator) ?? .city
      if Bool.random(using: &generator) { profile.cellMeters = Double.random(in: 50...500_000, using: &generator) }
      if Bool.random(using: &generator) { profile.hasSeason.toggle() }
      if Bool.random(using: &generator) { profile.durationBins = [1, Int.random(in: 2...168, using: &generator)] }
      if Bool.random(using: &generator) { profile.squaredVariation = Double.random(in: 0...1, using: &generator) }
      return profile
    }
    var settings = Configuration(profile: profile())
    settings.engine.falseAlarmsPerDay = Double.random(in: 1e-4...10, using: &generator)
    settings.engine.utcOffsetMinutes = Bool.random(using: &generator) ? nil : Int.random(in: -840...840, using: &generator)
    settings.topics = (0..<Int.random(in: 0...5, using: &generator)).map {
      Configuration.Topic(keywords: ["k\($0)", "w\($0) x*"], profile: profile())
    }
    settings.engine.sources = (0..<Int.random(in: 0...5, using: &generator)).map { index in
      SourceRule(
        prefix: "s\(index)\"\\é", role: SourceRule.Role.allCases.randomElement(using: &generator) ?? .public,
        witness: SourceRule.WitnessPolicy.allCases.randomElement(using: &generator) ?? .event)
    }
    let again = try Configuration(parsing: settings.rendered(), file: "seed \(seed)")
    #expect(again == settings, "seed \(seed)")
    #expect(again.rendered() == settings.rendered() && again.fingerprint == settings.fingerprint, "seed \(seed)")
    #expect(Set(settings.engine.profiles.map(\.name)).count == settings.engine.profiles.count, "seed \(seed)")
  }
}
