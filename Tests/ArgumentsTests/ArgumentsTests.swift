import Arguments
import Reports
import Testing

@Suite struct CommandTableTests {
  let table = CommandTable(
    program: "bell", summary: "rings",
    commands: [
      Command(
        "ring", "Ring it", operands: ["FILE|-", "[TIMES]"],
        flags: [
          Flag("loud", nil, "With force"), Flag("tone", "TONE", "Which", choices: ["high", "low"]),
          Flag("at", "LAT,LON", "Where"),
        ],
        examples: [.init("bell ring -", "from a pipe")]),
      Command("config check", "Check"),
    ])

  private func check(_ line: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let words = line.split(separator: " ").map(String.init)
    do throws(ArgumentError) {
      let parsed = try table.parse(words)
      let flags = parsed.command.flags.map(\.name).compactMap { name in parsed.string(name).map { "\(name)=\($0)" } }
      let said = ([parsed.command.name] + parsed.operands + flags + (parsed.wantsHelp ? ["help"] : [])).joined(separator: " | ")
      #expect(said == expected, sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == expected, sourceLocation: sourceLocation)
    }
  }

  @Test func takesWhatFits() {
    check("ring a", "ring | a")
    check("ring - 3 --loud --tone=low", "ring | - | 3 | loud= | tone=low")
    check("ring --tone high a", "ring | a | tone=high")
    check("ring a --at -71.06,42", "ring | a | at=-71.06,42")
    check("ring -- --loud", "ring | --loud")
    check("ring --help", "ring | help")
    check("config check", "config check")
  }

  @Test func saysWhatIsWrongAndWhatWasMeant() {
    check("", "no command; try `bell help`")
    check("rign a", "unknown command \"rign\"; did you mean `ring`?")
    check("xyzzy", "unknown command \"xyzzy\"; `bell help` lists them all")
    check("config", "config: say which: config check")
    check("ring", "ring: FILE|- is missing; try `bell ring --help`")
    check("ring a b c", "ring: unexpected \"c\"; try `bell ring --help`")
    check("ring a --lod", "ring: unknown flag \"--lod\"; did you mean --loud?")
    check("ring a --tone hihg", "--tone: expected high, low, found \"hihg\"; did you mean high?")
    check("ring a --tone", "--tone: its value TONE is missing")
    check("ring a --loud=yes", "--loud: takes no value, found \"yes\"")
    check("ring a --loud --loud", "--loud: given twice")
  }

  @Test func helpShowsExamplesFirst() {
    #expect(
      table.help(for: table.commands[0]) == """
        bell ring: Ring it

        Examples:
          bell ring -
              from a pipe

        Usage: bell ring FILE|- [TIMES] [FLAGS]

        Flags:
          --loud        With force
          --tone TONE   Which (high, low)
          --at LAT,LON  Where

        """)
    #expect(table.help.contains("  config check  Check\n"))
  }
}

@Suite struct ValueTests {
  @Test func distances() {
    for (text, meters) in ["800m": 800, "2km": 2_000, "1mi": 1_609.344, "1.5 km": 1_500, "100ft": 30.48] {
      #expect(Distance.meters(text) == meters, "\(text)")
    }
    for text in ["", "2", "km", "-2km", "0m", "1e3m", "nanm", "2 parsecs", "999999km", "1..2km"] {
      #expect(Distance.meters(text) == nil, "\(text)")
    }
  }

  @Test func places() {
    #expect(Place.coordinate("42.36,-71.06") == Coordinate(latitudeE7: 423_600_000, longitudeE7: -710_600_000))
    #expect(Place.coordinate("-90, 180") == Coordinate(latitudeE7: -900_000_000, longitudeE7: 1_800_000_000))
    for text in ["", "42.36", "91,0", "0,181", "a,b", "1,2,3", "nan,0", "inf,0", "1,"] { #expect(Place.coordinate(text) == nil) }
    #expect(Place.looksSwapped("-171.06,42.36") && !Place.looksSwapped("42,71") && !Place.looksSwapped("300,300"))
    #expect(Place.box("170,-10,-170,10")?.westE7 == 1_700_000_000)
    for text in ["1,2,3", "0,10,1,-10", "0,0,0,91", "x,0,1,1"] { #expect(Place.box(text) == nil, "\(text)") }
  }

  @Test func moments() throws {
    let now = try #require(Timestamp("2026-03-05T10:20:30Z"))
    let cases = [
      "now": "2026-03-05T10:20:30Z", "today": "2026-03-05T00:00:00Z", "yesterday": "2026-03-04T00:00:00Z",
      "yesterday 18:00": "2026-03-04T18:00:00Z", "2h ago": "2026-03-05T08:20:30Z", "30 minutes ago": "2026-03-05T09:50:30Z",
      "3d ago": "2026-03-02T10:20:30Z", "2015-02-10": "2015-02-10T00:00:00Z", "2015-02-10 13:05": "2015-02-10T13:05:00Z",
      "2015-02-10T13:05:06": "2015-02-10T13:05:06Z", "2015-02-10T13:05:00-05:00": "2015-02-10T18:05:00Z",
    ]
    for (text, expected) in cases { #expect(Moment.timestamp(text, now: now)?.description == expected, "\(text)") }
    for text in [
      "", "soon", "2015-02-30", "2015-13-01", "25:00", "yesterday 24:00", "5 ago", "99999999999999999999d ago", "today x",
    ] {
      #expect(Moment.timestamp(text, now: now) == nil, "\(text)")
    }
  }
}
