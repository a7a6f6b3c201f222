import Foundation
import TestSupport
import Testing

/// Help and manual pages of every command, from the one table.
extension StoreCommandTests {
  @Suite struct HelpTests {
    /// The commands that the overview names, those of two words too.
    static func commands() throws -> [String] {
      try Tocsin.output(["help"]).split(separator: "\n").drop { $0 != "Commands:" }.dropFirst().compactMap { line in
        guard line.hasPrefix("  "), line.dropFirst(2).first != " " else { return nil }
        return line.dropFirst(2).split(separator: "  ").first.map(String.init)
      }
    }

    @Test func helpIsWhatIsKept() throws {
      try GoldenFile.check("help/tocsin.txt", Tocsin.output(["help"]))
      let commands = try Self.commands()
      #expect(commands.count > 20 && Set(commands).count == commands.count)
      for command in commands {
        let words = command.split(separator: " ").map(String.init)
        let help = try Tocsin.output(words + ["--help"])
        try GoldenFile.check("help/\(words.joined(separator: "-")).txt", help)
        #expect(try Tocsin.output(["help"] + words) == help)
        // Examples come first, and each fits its own command line.
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(["Examples:", "Usage: tocsin \(command)"].contains(String(lines[2])), "\(command)")
        #expect(lines.allSatisfy { $0.count <= 120 }, "\(command)")
      }
      let kept = Set(commands.map { $0.split(separator: " ").joined(separator: "-") }).union(["tocsin"])
      #expect(try GoldenFile.names(in: "help") == kept, "a command went without its file")
    }

    /// Every example of a page is taken by the parser: its flags exist.
    @Test func examplesNameFlagsThatExist() throws {
      for command in try Self.commands() {
        let words = command.split(separator: " ").map(String.init)
        let help = try Tocsin.output(words + ["--help"])
        let flags = Set(help.split(separator: "\n").compactMap { $0.firstMatch(of: /^  (--[a-z-]+)/).map { String($0.1) } })
        for line in help.split(separator: "\n") where line.hasPrefix("  tocsin \(command)") {
          for flag in line.matches(of: /--[a-z-]+/) {
            #expect(flags.contains(String(flag.0)), "\(line): \(flag.0)")
          }
        }
      }
    }

    @Test func manualPagesAreWhole() throws {
      let folder = try TemporaryFolder()
      let result = try Tocsin.run(["help", "--man", "--output", folder.path("man1")])
      #expect(result.status == 0, "\(result.complaints)")
      let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path("man1")))
      let commands = try Self.commands()
      #expect(names == Set(commands.map { "tocsin-\($0.split(separator: " ").joined(separator: "-")).1" } + ["tocsin.1"]))
      for command in commands {
        let words = command.split(separator: " ").map(String.init)
        let page = try Tocsin.output(["help", "--man"] + words)
        let help = try Tocsin.output(words + ["--help"])
        for flag in help.split(separator: "\n").compactMap({ $0.firstMatch(of: /^  (--[a-z-]+)/).map { String($0.1) } }) {
          #expect(page.contains("\\fB\(flag.replacingOccurrences(of: "-", with: "\\-"))\\fR"), "\(command): \(flag)")
        }
      }
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else {
        print("groff is not there: the pages are not read")
        return
      }
      for name in names.sorted() {
        let child = try Child(
          ["groff", "-man", "-Tutf8", "-Kutf8", "-P-cbou", "-ww", folder.path("man1/\(name)")], output: folder.path("text"),
          errors: folder.path("warnings"))
        #expect(child.wait() == 0)
      }
      let warnings = try String(contentsOfFile: folder.path("warnings"), encoding: .utf8)
      #expect(
        warnings.split(separator: "\n").allSatisfy { $0.contains("cannot adjust") || $0.contains("cannot break") }, "\(warnings)")
      let text = try String(contentsOfFile: folder.path("text"), encoding: .utf8)
      // Quotes of an example are there to be copied.
      #expect(text.contains("list --since \"24h ago\""), "\(text.prefix(2_000))")
    }

    @Test func typosAreNamedAndExitWithTwo() throws {
      for (words, says) in [
        (["quarantine", "lst"], "did you mean `quarantine list`?"), (["quarantin"], "did you mean `quarantine`?"),
        (["list", "--formt", "json"], "did you mean --format?"), (["list", "--color", "alwys"], "did you mean always?"),
        (["list", "--no-pagr"], "did you mean --no-pager?"), (["list", "--hlep"], "did you mean --help?"),
        (["completion", "bsh"], "bash, zsh, fish"), (["help", "--output", "x"], "add --man"),
      ] {
        let result = try Tocsin.run(words)
        #expect(result.status == 2 && result.complaints.contains(says), "\(words): \(result.complaints)")
      }
    }
  }
}
