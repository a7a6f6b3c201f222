import Reports

extension Section {
  static let security = table(
    "security",
    [
      Setting(
        "secretKeyFile", \.security.secretKeyFile, Form.filePath.optional(), example: "\"/etc/tocsin/secret.key\"",
        "The aggregator's secret key, a file of mode 0600 that `tocsin keygen` makes. With it every producer has to prove who it is."
      )
    ], "Without a key nobody is asked who they are, and only 127.x.y.z and ipc are served.")

  static let producer = list(
    "producer", \.producers,
    [
      Setting(
        "name", \.name, .producerName, isRequired: true, example: "\"boston-311\"",
        "What it calls itself (`tocsin send --name`): this, or this and a slash and more."),
      Setting(
        "publicKeys", \.publicKeys,
        .list(
          of: .publicKey, count: 1...Limits.producerKeyCount,
          expected: "1 to \(Limits.producerKeyCount) keys of 40 characters, as `tocsin keygen` prints them"), isRequired: true,
        example: "[\"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"]",
        "Its public keys, as `tocsin keygen` prints them; two while one replaces the other."),
      Setting(
        "sourcePrefixes", \.sourcePrefixes,
        .list(
          of: .sourcePrefix, count: 1...Limits.producerPrefixCount,
          expected: "1 to \(Limits.producerPrefixCount) beginnings of sources, as [\"boston311/\"]"), isRequired: true,
        example: "[\"boston311/\"]",
        "How the sources begin that it may report of; \"\" for all. Events of others are rejected."),
      Setting(
        "eventsPerSecond", \Configuration.Producer.quotas.eventsPerSecond, Form.integer(1...100_000_000).optional(),
        example: "5000", "Events a second that it may send in the long run; past that it is told to wait. Left out: no bound."),
      Setting(
        "kibibytesPerSecond", \.quotas.kibibytesPerSecond, Form.integer(1...100_000_000).optional(), example: "2048",
        "The same for the bytes of its batches."),
      Setting(
        "newKeywordsPerHour", \.quotas.newKeywordsPerHour, Form.integer(1...100_000_000).optional(), example: "500",
        "The same for keywords that nobody has sent before."),
    ], blank: Configuration.Producer(name: "", publicKeys: [], sourcePrefixes: []),
    example: Configuration.Producer(
      name: "boston-311", publicKeys: ["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"], sourcePrefixes: ["boston311/"]),
    limit: Limits.authenticatedProducerCount, isLive: true,
    check: { producers, problems in
      var names: [String: String] = [:]
      var keys: [String: String] = [:]
      for (node, producer) in producers {
        if let name = node.child("name") {
          if let other = names[producer.name] {
            problems.note(name, "stands in \(other) already; a producer has one table, with all of its keys")
          } else {
            names[producer.name] = name.path
          }
        }
        guard case .array(let nodes)? = node.child("publicKeys")?.value else { continue }
        for (node, key) in zip(nodes, producer.publicKeys) {
          if let other = keys[key] {
            problems.note(node, "stands in \(other) already; a key belongs to one producer")
          } else {
            keys[key] = node.path
          }
        }
      }
    }, "Who may connect, with which key, and what they may send: one [[producer]] for each. `kill -HUP` reads them anew.")
}
