import Engine
import Foundation
import TestSupport
import Testing

/// What only shows on a terminal.
extension StoreCommandTests {
  @Suite struct TerminalTests {
    private let bold = "\u{1b}[1m"

    @Test func colourIsForTerminalsThatWantIt() throws {
      let store = try DetectionStore()
      let list = ["list", "--store", store.path]
      func onTerminal(_ more: [String] = [], _ environment: [String: String] = [:]) throws -> Bool {
        let result = try PseudoTerminal.run(list + more, environment: environment)
        #expect(result.status == 0, "\(result.output)")
        return result.output.contains(bold)
      }
      func inPipe(_ more: [String] = [], _ environment: [String: String] = [:]) throws -> Bool {
        try Tocsin.run(list + more, environment: environment).output.contains(bold)
      }
      #expect(try onTerminal())
      #expect(try !onTerminal([], ["NO_COLOR": "1"]))
      #expect(try !onTerminal([], ["CLICOLOR": "0"]))
      #expect(try !onTerminal([], ["TERM": "dumb"]))
      #expect(try !onTerminal(["--color", "never"]))
      #expect(try onTerminal(["--color", "always"], ["NO_COLOR": "1"]))
      #expect(try !inPipe())
      #expect(try inPipe(["--color", "always"]))
      #expect(try inPipe([], ["CLICOLOR_FORCE": "1", "NO_COLOR": ""]))
      #expect(try !inPipe([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
    }

    @Test func whatIsLongerThanTheTerminalGoesThroughAPager() throws {
      let pager = ["TOCSIN_PAGER": "sed s/^/paged:/"]
      let long = try PseudoTerminal.run(["help"], rows: 10, environment: pager)
      let lines = long.output.split(separator: "\n")
      #expect(long.status == 0 && lines.count > 10 && lines.allSatisfy { $0.hasPrefix("paged:") }, "\(long.output)")
      let plain = try Tocsin.output(["help"])
      #expect(long.output.replacingOccurrences(of: "paged:", with: "").hasPrefix(plain.prefix(200)))
      for (arguments, rows, environment) in [
        (["help"], 200, pager), (["help", "--no-pager"], 10, pager), (["help"], 10, ["TOCSIN_PAGER": ""]),
      ] as [([String], Int, [String: String])] {
        let result = try PseudoTerminal.run(arguments, rows: rows, environment: environment)
        #expect(result.status == 0 && result.output == plain, "\(result.output)")
      }
      // A pipe has none, whatever the variables say.
      #expect(try Tocsin.run(["help"], environment: pager).output == plain)
      // One that leaves off early is no error; one that is not there is told.
      let early = try PseudoTerminal.run(["help"], rows: 10, environment: ["TOCSIN_PAGER": "head -n 1"])
      #expect(early.status == 0 && early.output == plain.split(separator: "\n")[0] + "\n", "\(early.output)")
      let missing = try PseudoTerminal.run(["help"], rows: 10, environment: ["TOCSIN_PAGER": "no-such-pager"])
      #expect(missing.status == 0 && missing.output.contains(plain) && missing.output.contains("no-such-pager: cannot be run"))
    }

    /// The variables in their order; less is asked for when none is set, with FRX where LESS is not.
    @Test func thePagerIsFoundByVariablesInTheirOrder() throws {
      let folder = try TemporaryFolder()
      try Data("#!/bin/sh\necho \"less $LESS\"\ncat > /dev/null\n".utf8).write(to: folder.url.appending(path: "less"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("less"))
      let unset = ["env", "-u", "TOCSIN_PAGER", "-u", "PAGER", "-u", "LESS", "PATH=\(folder.path):/usr/bin:/bin"]
      for (variables, expected) in [
        ([], "less FRX\n"), (["LESS=S"], "less S\n"), (["PAGER=echo pager"], "pager\n"),
        (["PAGER=echo pager", "TOCSIN_PAGER=echo own"], "own\n"),
      ] {
        let result = try PseudoTerminal.run(command: unset + variables + [Tocsin.binary.path, "help"], rows: 10)
        #expect(result.status == 0 && result.output == expected, "\(variables): \(result.output)")
      }
    }

    /// ^C rubs out the line that tells how far it is, and ends with 130.
    @Test func interruptedWorkLeavesTheTerminalClean() throws {
      let folder = try TemporaryFolder()
      try Stream.write(Stream.lines(seed: 4, count: 3_000), to: folder.path("stream"))
      #expect(try Child.run(["mkfifo", folder.path("pipe")]) == 0)
      // Without end: whatever the machine, there is time to interrupt it.
      let writer = try Child([
        "bash", "-c", "trap '' PIPE; while cat \(folder.path("stream")); do :; done > \(folder.path("pipe"))",
      ])
      let result = try PseudoTerminal.run(
        ["replay", folder.path("pipe"), "--store", folder.path("store"), "--log-level", "error"], typed: "\u{3}", after: "events")
      writer.signal(SIGKILL)
      writer.wait()
      #expect(result.status == 130, "\(result.output)")
      #expect(result.output.contains("replay  ") && result.output.hasSuffix("\r\u{1b}[K"), "\(result.output)")
      // The store is whole.
      #expect(try Tocsin.run(["doctor", "--store", folder.path("store")]).status == 0)
    }

    @Test func progressIsForTerminalsOnly() throws {
      let folder = try TemporaryFolder()
      try Stream.write(Stream.lines(seed: 4, count: 9_000), to: folder.path("stream"))
      let piped = try Tocsin.run(["replay", folder.path("stream"), "--store", folder.path("store")])
      #expect(
        piped.status == 0 && !piped.complaints.contains("\r") && !piped.complaints.contains("\u{1b}"), "\(piped.complaints)")
      let stopped = try PseudoTerminal.run(
        ["replay", folder.path("stream"), "--store", folder.path("other")], environment: ["TERM": "dumb"])
      #expect(stopped.status == 0 && !stopped.output.contains("\r"), "\(stopped.output)")
    }

    @Test func whatWaitsForInputEndsAtInterrupt() throws {
      let folder = try TemporaryFolder()
      let result = try PseudoTerminal.run(["replay", "-", "--store", folder.path("store")], typed: "\u{3}")
      #expect(result.status == 130, "\(result.output)")
    }

    /// A reader that has gone before anything is written: no command takes that for an error, or says anything of it.
    @Test func aClosedPipeEndsQuietly() throws {
      let store = try DetectionStore()
      let incident = DetectionStore.incident.description
      for line in [
        "list", "list --format json", "show \(incident)", "explain \(incident)", "near 42.32,-71.07", "map", "health", "sources",
        "help", "help --man", "list --help", "completion bash", "version", "doctor", "watch --since 2015-01-01 --for 1s",
      ] {
        let storeFlag =
          ["help", "comp", "vers"].contains(line.prefix(4)) || line.hasSuffix("--help") ? "" : "--store '\(store.path)'"
        let folder = try TemporaryFolder()
        // The descriptor is a pipe whose reading end is closed.
        let script = """
          import os, subprocess, sys
          reading, writing = os.pipe()
          os.close(reading)
          done = subprocess.run(sys.argv[1:], stdout=writing, stderr=subprocess.PIPE, text=True)
          assert done.returncode == 0, done
          assert "ipe" not in done.stderr, done
          """
        try Data(script.utf8).write(to: folder.url.appending(path: "script"))
        let child = try Child(
          ["bash", "-c", "python3 \(folder.path("script")) '\(Tocsin.binary.path)' \(line) \(storeFlag)"],
          errors: folder.path("errors"))
        #expect(child.wait() == 0, "\(line): \((try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? "")")
      }
    }

    /// Columns that a line takes, by the tables of another Unicode implementation.
    private func widths(_ lines: [String], upTo mark: String) throws -> [Int] {
      let folder = try TemporaryFolder()
      try Data(lines.joined(separator: "\n").utf8).write(to: folder.url.appending(path: "lines"))
      let script = """
        import unicodedata
        for line in open("\(folder.path("lines"))", encoding="utf-8").read().split("\\n"):
          text = line.split("\(mark)")[0] if "\(mark)" else line
          print(sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))
        """
      try Data(script.utf8).write(to: folder.url.appending(path: "script"))
      #expect(try Child.run(["python3", folder.path("script")], output: folder.path("out")) == 0)
      return try String(contentsOfFile: folder.path("out"), encoding: .utf8).split(separator: "\n").compactMap { Int($0) }
    }

    /// Chinese, Korean, combining marks and emoji stand in columns, and are cut where the terminal is narrow.
    @Test(arguments: [200, 100, 70]) func tablesFitAndAlign(columns: Int) throws {
      let texts = ["停電 大規模な停電", "물난리 물난리 물난리", "cafe\u{301} u\u{308}berflutung 🚒🔥"]
      let store = try DetectionStore { changes in
        for index in texts.indices { changes.keywords[index].text = Array(texts[index].utf8) }
        changes.clusters = texts.indices.map { index in
          var cluster = changes.clusters[0]
          cluster.id = .init(rawValue: UInt64(index + 1) << 60)
          cluster.keyword = UInt32(index)
          return cluster
        }
      }
      let result = try PseudoTerminal.run(
        ["list", "--kind", "cluster", "--store", store.path], columns: columns, environment: ["NO_COLOR": "1"])
      let lines = result.output.split(separator: "\n").map(String.init)
      #expect(result.status == 0 && lines.count == 4, "\(result.output)")
      let all = try widths(lines, upTo: "")
      #expect(all.allSatisfy { $0 <= columns }, "\(all): \(result.output)")
      let starts = try widths(Array(lines.dropFirst()), upTo: " 2015-")
      #expect(Set(starts).count == 1, "\(starts): \(result.output)")
      #expect(result.output.contains("…") == (columns < 100), "\(columns): \(result.output)")
    }

    /// What has more columns than a list fits a terminal of 80, too: what matters less goes.
    @Test func tablesWithManyColumnsFit() throws {
      let store = try DetectionStore { $0.history = DetectionStore.history() }
      let incident = DetectionStore.incident.description
      for words in [
        ["near", "42.32,-71.07", "--within", "5000km", "--state", "any"],
        ["near", "42.32,-71.07", "--within", "5000km", "--kind", "cluster", "--state", "any"],
        ["history", incident], ["db", "stat", "--by", "store"], ["diff", "--since", "2015-01-01"],
      ] {
        let result = try PseudoTerminal.run(
          words + ["--store", store.path], columns: 80, environment: ["NO_COLOR": "1", "TOCSIN_PAGER": ""])
        let lines = result.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("tocsin:") }
        #expect(result.status == 0 && lines.count > 1, "\(words): \(result.output)")
        #expect(try widths(lines, upTo: "").allSatisfy { $0 <= 80 }, "\(words): \(result.output)")
      }
    }
  }
}
