import Engine
import Foundation
import JSON
import TestSupport
import Testing

/// docs/json.md holds what is printed: every member, and no other.
///
/// Each of its sections names the command lines that print what its table says, in code behind `Printed by`; words in capitals are
/// filled in. A member inside another is written `windows[].observed`.
extension StoreCommandTests {
  @Suite struct JSONDocumentTests {
    struct Section {
      var title: String
      var commands: [[String]] = []
      var members: Set<String> = []
    }

    static func sections() throws -> [Section] {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      var sections: [Section] = []
      var isCommand = false
      for line in try String(contentsOf: file.appending(path: "docs/json.md"), encoding: .utf8).split(separator: "\n") {
        if line.hasPrefix("## ") { sections.append(Section(title: String(line.dropFirst(3)))) }
        guard !sections.isEmpty else { continue }
        if line.hasPrefix("Printed by") { isCommand = true }
        if isCommand {
          for code in line.matches(of: /`tocsin ([^`]+)`/) {
            sections[sections.count - 1].commands.append(words(String(code.1)))
          }
        }
        if line.hasPrefix("|") { isCommand = false }
        if let cell = line.firstMatch(of: /^\| ((?:`[^`]+`(?:, )?)+) \|/) {
          for member in cell.1.matches(of: /`([^`]+)`/) {
            let name = String(member.1)
            #expect(sections[sections.count - 1].members.insert(name).inserted, "\(name) stands twice")
          }
        }
      }
      return sections
    }

    /// The words of a line, of which quotes hold some together.
    private static func words(_ line: String) -> [String] {
      line.matches(of: /"([^"]*)"|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
    }

    /// The names of members, those of objects in arrays too; places and boxes are values.
    private static func members(_ value: JSONValue, _ path: String = "") -> Set<String> {
      var names: Set<String> = []
      for (name, member) in value.object?.map({ ($0.name, $0.value) }) ?? [] {
        let own = path + name
        names.insert(own)
        if member["type"]?.string == "Point" { continue }
        if member.object != nil { names.formUnion(members(member, own + ".")) }
        for element in member.array ?? [] { names.formUnion(members(element, own + "[].")) }
      }
      return names
    }

    @Test func theDocumentHoldsWhatIsPrinted() throws {
      let folder = try TemporaryFolder()
      let made = try DetectionStore {
        $0.clusters[0].samples = $0.episodes[0].samples
        $0.history = DetectionStore.history()
      }
      try Stream.write(Stream.lines(seed: 1, count: 1_500), to: folder.path("stream"))
      let real = folder.path("store")
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", real]).status == 0)
      try Stream.write(BacktestTests.lines(), to: folder.path("incidents"))
      try Data("version = 1\n[cluster]\nwarmUpDays = 2\n".utf8).write(to: folder.url.appending(path: "config.toml"))
      try Data("tocsin-refusals-1\nmalformed\t1\t0\t0\tan example\n".utf8).write(to: URL(filePath: made.path + "/refusals"))
      let list = try Tocsin.output(["list", "--kind", "cluster", "--limit", "1", "--format", "csv", "--store", real])
      let cluster = try #require(list.split(separator: "\r\n").last?.split(separator: ",").first)
      let sample = try JSONValue(
        parsing: Array(Tocsin.output(["show", String(cluster), "--format", "json", "--store", real]).utf8))["samples"]?.array?
        .first
      let filled = [
        "ORIGIN": sample?["source"]?.string ?? "", "REPORT": sample?["id"]?.string ?? "",
        "INCIDENT": DetectionStore.incident.description, "EPISODE": DetectionStore.episode.description,
        "CLUSTER": DetectionStore.cluster.description, "SOME": String(cluster), "FILE": folder.path("incidents"),
        "CONFIG": folder.path("config.toml"), "COPY": folder.path("copy.sqlite"),
      ]
      for act in [
        ["acknowledge", DetectionStore.incident.description, "--note", "seen"],
        ["silence", "add", "--keyword", "nothing of the like", "--for", "1d", "--reason", "an example"],
      ] {
        #expect(try Tocsin.run(act + ["--as", "ada", "--store", made.path]).status == 0)
      }
      #expect(try Tocsin.run(["db", "backup", folder.path("copy.sqlite"), "--store", made.path]).status == 0)
      let sections = try Self.sections()
      #expect(sections.count > 10)
      for section in sections {
        var printed: Set<String> = []
        #expect(!section.commands.isEmpty, "\(section.title): nothing prints it")
        for command in section.commands {
          var isPrinted = false
          var complaints = ""
          let words = command.map { filled[$0] ?? $0 }
          for store in command[0] == "backtest" ? [nil] : [made.path, real] {
            let result = try Tocsin.run(words + ["--format", "json"] + (store.map { ["--store", $0] } ?? []))
            complaints += result.complaints
            guard !result.output.isEmpty else { continue }
            let value = try JSONValue(parsing: Array(result.output.utf8), byteLimit: 50_000_000)
            for row in value.array ?? [value] {
              isPrinted = true
              printed.formUnion(Self.members(row))
            }
          }
          #expect(isPrinted, "\(command): prints nothing in either store: \(complaints)")
        }
        #expect(
          printed == section.members,
          "\(section.title): printed and not told \(printed.subtracting(section.members).sorted()), told and not printed \(section.members.subtracting(printed).sorted())"
        )
      }
      let told = Set(sections.flatMap(\.commands).map { $0[0] }).union(
        sections.flatMap(\.commands).map { $0.prefix(2).joined(separator: " ") })
      for command in try HelpTests.commands() {
        let words = command.split(separator: " ").map(String.init)
        let help = try Tocsin.output(words + ["--help"])
        guard help.contains("(table, json,") else { continue }
        #expect(told.contains(command), "\(command) prints JSON, and docs/json.md does not tell of it")
      }
    }
  }
}
