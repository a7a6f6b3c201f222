import Engine
import Foundation
import JSON
import Reports
import TestSupport
import Testing

/// What reports bring reaches no terminal, spreadsheet or page as more than text: tried with every command and format.
extension StoreCommandTests {
  @Suite struct HarmlessTests {
    static let hostile = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}evil\u{8}\r\u{2028}'; DROP TABLE cluster; --"

    /// Command lines by command; words in capitals are filled in.
    private static let lines: [String: [String]] = [
      "list": ["", "--kind episode", "--kind cluster", "--count", "--limit 1", "--as-of 2030-01-01"],
      "show": ["INCIDENT", "EPISODE", "CLUSTER"],
      "explain": ["INCIDENT", "EPISODE", "CLUSTER"], "top": ["", "--by incidents", "--by clusters"],
      "near": ["42.32,-71.07", "42.32,-71.07 --kind cluster"], "trend": ["--keyword evil --since 2015-02-10 --until 2015-02-11"],
      "map": ["", "--plot PLOT.svg", "--plot PLOT.png", "--plot PLOT.html"], "watch": ["--since 2015-01-01 --for 1s"],
      "trace": ["HOSTILE HOSTILE"],
      "search": ["evil", "evil --kind episode", "evil --kind cluster", "HOSTILE"],
      "history": ["INCIDENT", "EPISODE", "CLUSTER"], "diff": ["--since 2015-01-01", "--since 2015-01-01 --kind cluster"],
      "db check": [""], "db migrate": [""], "db backup": ["COPY"], "db salvage": ["SAVED"], "db vacuum": [""],
      "db stat": ["", "--by store"],
      "acknowledge": ["INCIDENT --note NOTE"], "assign": ["INCIDENT ada"], "annotate": ["INCIDENT NOTE"],
      "merge": ["INCIDENT INCIDENT --reason NOTE"], "unmerge": ["INCIDENT --reason NOTE"],
      "silence preview": ["--keyword evil --from 2015-01-01 --for 1000w"],
      "silence add": ["--keyword evil --from 2015-01-01 --for 1d --reason NOTE"], "silence list": ["", "--all"],
      "silence end": ["1 --reason NOTE"], "acts": ["", "INCIDENT"],
      "erase": ["HOSTILE HOSTILE", "--quarantine 1", "HOSTILE HOSTILE --preview"],
      "export": ["csv", "geojson", "geojsonseq", "ndjson"].flatMap { format in
        ["", " --kind cluster", " --kind sample", " --kind source"].map { "--format \(format)\($0) --output -" }
      },
      "sources": ["", "--producers", "--outages", "--refused"], "quarantine list": [""], "quarantine show": ["1"],
      "quarantine retry": ["1"], "quarantine drop": ["7"], "health": [""], "backtest": ["STREAM"], "journal check": [""],
      "journal stat": ["", "--by producer"], "journal export": [""], "doctor": [""], "replay": ["STREAM"],
      "config check": ["STREAM"], "send": ["STREAM --to tcp://127.0.0.1:1 --timeout 1"], "keygen": ["--show STREAM"],
      "help": ["HOSTILE"], "completion": ["HOSTILE"], "version": ["HOSTILE"], "serve": ["HOSTILE"],
    ]

    /// RFC 4180 ends lines in two characters, and RFC 8142 begins texts with one.
    private static func withoutFraming(_ output: String, of command: String) -> String {
      guard command == "export" else { return output }
      return output.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\u{1e}{", with: "{")
    }

    private static func act(_ store: String, saved: String) throws {
      let words = ["annotate", DetectionStore.incident.description, hostile, "--store", store]
      #expect(try Tocsin.run(words).status == 0)
      #expect(try Tocsin.run(["db", "backup", saved, "--store", store]).status == 0)
    }

    private func check(_ text: String, _ line: String) {
      var harmful: [UInt32] = []
      for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x0a: break
        case ..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: harmful.append(scalar.value)
        default: break
        }
      }
      #expect(harmful.isEmpty, "\(line): \(harmful.map { String($0, radix: 16) }) in \(text.prefix(400).debugDescription)")
    }

    @Test func everyCommandPrintsItHarmlessly() throws {
      let folder = try TemporaryFolder()
      let hostile = Self.hostile
      let made = try DetectionStore {
        for index in $0.keywords.indices { $0.keywords[index].text = Array("\(hostile)\(index)".utf8) }
        for index in $0.sources.indices { $0.sources[index].name = Array("\(hostile)\(index)".utf8) }
        $0.clusters[0].samples = $0.episodes[0].samples
        $0.history = DetectionStore.history()
      } text: {
        (Array("\(hostile)s".utf8), Array("\(hostile)i\($0)".utf8), Array("\(hostile)\($0)".utf8))
      }
      // What the decoder lets in, and what it refuses, by way of a journal.
      let escaped = "\\u001b]0;owned\\u0007\\u009b31m\\u202eevil"
      let lines = (0..<6).map {
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"=\(escaped)\",\"id\":\"\(escaped)\($0)\",\"time\":"
          + "\"2015-02-10T13:0\($0):00Z\",\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[1,\($0 == 5 ? 95 : 2)]},"
          + "\"keywords\":[\"\\u202eevil x\"],\"text\":\"\(escaped)\"}}"
      }
      try Stream.write(lines, to: folder.path("stream"))
      let real = folder.path("store")
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", real]).status == 0)
      let filled = [
        "INCIDENT": DetectionStore.incident.description, "EPISODE": DetectionStore.episode.description,
        "CLUSTER": DetectionStore.cluster.description, "STREAM": folder.path("stream"), "PLOT.svg": folder.path("plot.svg"),
        "PLOT.png": folder.path("plot.png"), "PLOT.html": folder.path("plot.html"), "HOSTILE": hostile,
        "NOTE": hostile, "COPY": folder.path("copy.sqlite"),
        "SAVED": folder.path("saved.sqlite"),
      ]
      try Self.act(made.path, saved: folder.path("saved.sqlite"))
      var hostileCount = 0
      for command in try HelpTests.commands() {
        let lines = try #require(Self.lines[command], "\(command) is not tried with hostile texts")
        let words = command.split(separator: " ").map(String.init)
        let help = try Tocsin.output(words + ["--help"]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let formats = help.contains("(table, json, ndjson, csv, geojson)") ? ["table", "json", "ndjson", "csv", "geojson"] : [""]
        for line in lines {
          for format in formats {
            for store in help.contains("--store DIR") ? [made.path, real] : [""] {
              let arguments =
                words + line.split(separator: " ").map { filled[String($0)] ?? String($0) }
                + (format.isEmpty ? [] : ["--format", format]) + (store.isEmpty ? [] : ["--store", store])
              let result = try Tocsin.run(arguments, environment: ["COLUMNS": "80"])
              // In a pipe CSV gives texts as they are; see below.
              if format != "csv" { check(Self.withoutFraming(result.output, of: command), "\(arguments)") }
              check(result.complaints, "\(arguments)")
              hostileCount += result.output.contains("evil") ? 1 : 0
            }
          }
        }
      }
      #expect(hostileCount > 40, "hardly anything hostile was printed: \(hostileCount)")
      for name in ["plot.svg", "plot.html"] {
        check(try String(contentsOfFile: folder.path(name), encoding: .utf8), name)
      }
      for line in [["list"], ["show", DetectionStore.cluster.description], ["sources"], ["list", "--kind", "episode"]] {
        let result = try PseudoTerminal.run(line + ["--format", "csv", "--store", made.path], columns: 1_000)
        #expect(result.output.contains("\\u{1b}]0;owned"), "\(result.output)")
        check(result.output.replacingOccurrences(of: "\r\n", with: "\n"), "\(line) as CSV on a terminal")
      }
    }
  }
}
