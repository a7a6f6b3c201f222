import Configuration

extension ConfigurationFuzzer {
  package static func seeds() -> [(name: String, bytes: [UInt8])] {
    let texts = [
      ("minimal", ""), ("detection", "[detection]\nprofile = \"storm\"\nfalseAlarmsPerDay = 1e-3\nutcOffsetMinutes = -300\n"),
      ("cluster", "[cluster]\ncellMeters = 250\nbinMinutes = 15\ndurationBins = [1, 2, 4]\nhasSeason = false\n"),
      (
        "topic",
        "[[topic]]\nkeywords = [\"earthquake\", \"m*\", \"a \\\"b\\\\ \\u00e9\"]\nprofile = \"quake\"\ncellMeters = 5e3\n"
      ),
      ("sources", "[[source]]\nprefix = \"a\"\nrole = \"staff\"\n[[source]]\nprefix = \"b\"\nwitness = \"source\"\n"),
      (
        "security",
        """
        [security]
        secretKeyFile = "/etc/k"
        [[producer]]
        name = "boston-311"
        publicKeys = ["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"]
        sourcePrefixes = ["boston311/", ""]
        eventsPerSecond = 5
        """
      ),
      ("dotted", "service.endpoint = \"ipc:///a\"\njournal = { segmentMebibytes = 1 }\n"),
      ("wrong", "[time]\nallowedLatenessMinutes = 40000\nidleTimeoutMinutes = 60000\n[nobody]\nx = 1979-05-27T07:32:00Z\n"),
      ("infinite", "[detection]\nfalseAlarmsPerDay = inf\n[cluster]\ncellMeters = nan\nquietHours = 0x10\n"),
      ("deep", "a = " + String(repeating: "[", count: 40)), ("dots", String(repeating: "a.", count: 300) + "b = 1"),
      ("twice", "[service]\n[service]\n"), ("quoted", "[\"\"]\n'' = '''\n'''\n\"a.b\" = \"\"\"\n\\\n\"\"\"\n"),
    ]
    return texts.map { ($0.0, Array(("version = 1\n" + $0.1).utf8)) }
      + [("rendered", Array(Configuration.default.rendered().utf8)), ("empty", []), ("mark", Array("\u{feff}version=1".utf8))]
  }
}
