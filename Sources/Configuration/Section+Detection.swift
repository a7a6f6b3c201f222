import Engine
import Reports

extension Section {
  static let detection = table(
    "detection",
    [
      Setting(
        "profile", \.engine.profiles[0], preset, determinesSummaries: true,
        "What everything is looked at by where [cluster] and [[topic]] say nothing else: city, block, region, storm, quake."),
      Setting(
        "falseAlarmsPerDay", \.engine.falseAlarmsPerDay, .number(1e-4...10), determinesSummaries: true,
        "The dial: how many false alarms a day are acceptable; the default is one in 30 days."),
      Setting(
        "utcOffsetMinutes", \.engine.utcOffsetMinutes, Form.integer(-840...840).optional(), determinesSummaries: true,
        example: "-300",
        "Minutes from UTC to the local time that people live by; left out: from the longitude of the first reports."),
      Setting(
        "groupWaitMinutes", \.engine.groupWaitMinutes, .integer(0...1_440), determinesSummaries: true,
        "How long an alert waits for others of the same incident."),
      Setting(
        "newKeywordsPerSourceDay", \.engine.newKeywordsPerSourceDay, .integer(1...1_000_000), determinesSummaries: true,
        "Keywords that one source may bring for the first time on one day; further ones are only counted."),
      Setting(
        "termsPerText", \.engine.termsPerText, .integer(0...Limits.keywordCount), determinesSummaries: true,
        "Terms taken from the text of a report that has no keywords; 0 for none."),
      Setting(
        "language", \.terms.language, .choice(Configuration.Terms.languages) { $0 }, determinesSummaries: true,
        "Language of the keywords, for the Snowball stemmer that makes one of street light and street lights; \"none\" for no stems."
      ),
      Setting(
        "reporterRotationDays", \.terms.reporterRotationDays, .integer(1...365),
        "How long the secret is kept with which reporters are hashed; past this nobody can tell that two reports are one person's."
      ),
    ], "What is unusual, and how sure of it an alert must be.")

  static let cluster = table(
    "cluster", profile.map { Setting($0, of: \.engine.profiles[0]) },
    "What the default profile is made of. A line behind # is the preset's; without # it overrides it.")

  static let topic = list(
    "topic", \.topics,
    [
      Setting(
        "keywords", \.keywords,
        .list(
          of: .keywordPattern, count: 1...Limits.topicKeywordCount,
          expected: "1 to \(Limits.topicKeywordCount) keywords, as [\"earthquake\", \"m*\"]"), determinesSummaries: true,
        isRequired: true, example: "[\"earthquake\", \"m*\"]", "Keywords; one that ends in * stands for all that begin so."),
      Setting(
        "profile", \Configuration.Topic.profile, preset, determinesSummaries: true, isRequired: true, example: "\"quake\"",
        "The preset that they are looked at by; the keys of [cluster] override it here as well."),
    ] + profile.map { Setting($0, of: \.profile, isAnnotated: false) }, blank: Configuration.Topic(keywords: [], profile: .city),
    example: Configuration.Topic(keywords: ["earthquake", "m*"], profile: exampleProfile), limit: Limits.topicCount,
    check: { topics, problems in
      var seen: [String: String] = [:]
      for (node, topic) in topics {
        guard case .array(let keywords)? = node.child("keywords")?.value else { continue }
        for (keyword, name) in zip(keywords, topic.keywords) {
          if let other = seen[name] {
            problems.note(keyword, "stands in \(other) already; a keyword has one profile: leave it out here or there")
          } else {
            seen[name] = keyword.path
          }
        }
      }
    }, "Keywords that are looked at by another profile: one [[topic]] for each such group.")

  static let source = list(
    "source", \.engine.sources,
    [
      Setting(
        "prefix", \.prefix, .sourcePrefix, determinesSummaries: true, isRequired: true, example: "\"boston311/\"",
        "How the names of the sources begin; of several that fit the longest holds."),
      Setting(
        "role", \.role, .oneCase, determinesSummaries: true,
        "public: people who saw something. staff: they annotate, and are no witnesses. sensor: devices."),
      Setting(
        "witness", \.witness, .oneCase, determinesSummaries: true,
        "What is one witness where a report names neither reporter nor subject: each event, or the whole source."),
    ], blank: SourceRule(prefix: ""), example: SourceRule(prefix: "boston311/employee-generated", role: .staff),
    limit: Limits.sourceRuleCount,
    check: { sources, problems in
      var seen: [String: String] = [:]
      for (node, source) in sources {
        guard let prefix = node.child("prefix") else { continue }
        if let other = seen[source.prefix] {
          problems.note(prefix, "stands in \(other) already; leave one of them out")
        } else {
          seen[source.prefix] = prefix.path
        }
      }
    }, "What is known of sources: one [[source]] for each group whose names begin alike.")

  private static let preset = Form<Profile>.choice(Profile.presets) { $0.preset.name }

  private static let exampleProfile = {
    var profile = Profile.quake
    profile.cellMeters = 5_000
    return profile
  }()
}
