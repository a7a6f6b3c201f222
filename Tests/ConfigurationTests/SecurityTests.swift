import Configuration
import Testing

/// `[security]` and `[[producer]]`.
@Suite struct SecuritySettingsTests {
  private let key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
  private let other = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

  private func check(_ text: String, _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try Configuration(parsing: "version = 1\n" + text, file: "t.toml")
      #expect(expected == [], sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == expected.joined(separator: "\n"), sourceLocation: sourceLocation)
    }
  }

  @Test func producersAreReadAndWrittenAgain() throws {
    let text = """
      version = 1
      security.secretKeyFile = "/etc/tocsin/secret.key"
      [[producer]]
      name = "a"
      publicKeys = ["\(key)", "\(other)"]
      sourcePrefixes = ["a/", "b/"]
      eventsPerSecond = 10
      kibibytesPerSecond = 20
      newKeywordsPerHour = 30
      [[producer]]
      name = "b"
      publicKeys = ["0000\(key.dropFirst(4))"]
      sourcePrefixes = [""]
      """
    let settings = try Configuration(parsing: text, file: "t.toml")
    #expect(settings.security.secretKeyFile == "/etc/tocsin/secret.key")
    #expect(settings.producers.map(\.name) == ["a", "b"])
    #expect(settings.producers[0].publicKeys == [key, other])
    #expect(settings.producers[0].sourcePrefixes == ["a/", "b/"])
    #expect(settings.producers[0].quotas.eventsPerSecond == 10)
    #expect(settings.producers[0].quotas.kibibytesPerSecond == 20)
    #expect(settings.producers[0].quotas.newKeywordsPerHour == 30)
    #expect(settings.producers[1].quotas == Configuration.Quotas())
    #expect(try Configuration(parsing: settings.rendered(), file: "again") == settings)
    // Who may send does not change what was sent.
    #expect(settings.fingerprint == Configuration.default.fingerprint)
  }

  @Test func mistakesAreNamedWhereTheyStand() {
    check(
      "[[producer]]\nname = \"a\"\npublicKeys = [\"\(key)\"]\nsourcePrefixes = [\"a/\"]",
      [
        "t.toml:2:3: producer: keys of producers, but the aggregator has none, so that nobody would be asked; write secretKeyFile into "
          + "[security]"
      ])
    let start = "security.secretKeyFile = \"k\"\n[[producer]]\nsourcePrefixes = [\"a/\"]\nname = \"a\"\n"
    let expected = "expected a public key of 40 characters in quotes, as `tocsin keygen` prints it"
    check(
      start + "publicKeys = [\"short\"]",
      ["t.toml:6:15: producer[0].publicKeys[0]: \(expected); found the string \"short\""])
    // Five of the greatest digit stand for more than 32 bits.
    let tooGreat = "#####" + key.dropFirst(5)
    check(
      start + "publicKeys = [\"\(tooGreat)\"]",
      ["t.toml:6:15: producer[0].publicKeys[0]: \(expected); found the string \"\(tooGreat)\""])
    check(
      start + "publicKeys = [\"\(key)\"]\n[[producer]]\nname = \"a\"\nsourcePrefixes = [\"\"]\npublicKeys = [\"\(key)\"]",
      [
        "t.toml:8:1: producer[1].name: stands in producer[0].name already; a producer has one table, with all of its keys",
        "t.toml:10:15: producer[1].publicKeys[0]: stands in producer[0].publicKeys[0] already; a key belongs to one producer",
      ])
    check(
      "[[producer]]",
      ["name", "publicKeys", "sourcePrefixes"].map { name in
        let example = ["name": "\"boston-311\"", "publicKeys": "[\"\(key)\"]", "sourcePrefixes": "[\"boston311/\"]"][name] ?? ""
        return "t.toml:2:1: producer[0].\(name): missing; write \(name) = \(example)"
      })
  }
}
