import Engine
import Foundation
import TestSupport
import Testing

/// Completion as the shells see it.
extension StoreCommandTests {
  @Suite struct CompletionTests {
    private func store() throws -> DetectionStore {
      try DetectionStore {
        $0.keywords[1].text = Array("street light".utf8)
        $0.keywords[2].text = Array("snow $(touch owned)".utf8)
      }
    }

    private func answer(_ words: [String]) throws -> [String] {
      try Tocsin.output(["complete", "--"] + words).split(separator: "\n").map(String.init)
    }

    @Test func wordsComeFromTheTableAndTheStore() throws {
      let store = try store()
      func values(_ words: [String]) throws -> [String] {
        try answer(words).map { String($0.prefix { $0 != "\t" }) }
      }
      #expect(try values(["sh"]) == ["words", "show"])
      #expect(try values(["quarantine", "r"]) == ["words", "retry"])
      #expect(try values(["list", "--kind", ""]) == ["words", "incident", "episode", "cluster"])
      #expect(try values(["list", "--kind=c"]) == ["words", "--kind=cluster"])
      #expect(try values(["list", "--al"]) == ["words", "--alerts", "--all"])
      #expect(try values(["list", "--alerts", "--al"]) == ["words", "--all"])
      #expect(try values(["list", "--since", "yes"]) == ["words", "yesterday"])
      #expect(try values(["replay", ""]) == ["files"] && values(["list", "--store", ""]) == ["folders"])
      #expect(try values(["completion", "z"]) == ["words", "zsh"])
      #expect(try values(["nothing", ""]) == ["words"])
      let flags = ["--store", store.path]
      #expect(try values(["list"] + flags + ["--keyword", "str"]) == ["words", "street light"])
      #expect(try values(["list"] + flags + ["--keyword="]).count == 4)
      let beginning = String(DetectionStore.incident.description.prefix(3))
      #expect(try values(["show"] + flags + [beginning]) == ["words", DetectionStore.incident.description])
      let ids = try values(["show"] + flags + [""])
      #expect(ids == ["words", DetectionStore.incident.description])
      #expect(try answer(["show"] + flags + [""])[1].contains("gas smell"))
      // No store is no error.
      #expect(try values(["list", "--store", "/nowhere", "--keyword", ""]) == ["words"])
    }

    /// What a report calls itself does not get to the terminal, nor into the shell.
    @Test func hostileKeywordsAreNotOffered() throws {
      let store = try DetectionStore {
        $0.keywords[1].text = Array("gas \u{1b}[2Jx".utf8)
        $0.keywords[2].text = Array("gas\nrm".utf8)
      }
      #expect(try answer(["list", "--store", store.path, "--keyword", "gas"]) == ["words", "gas smell\t"])
    }

    private func bash(_ line: String, _ words: [String]) throws -> [String] {
      let folder = try TemporaryFolder()
      let array = words.map { "'\($0.replacingOccurrences(of: "'", with: "'\\''"))'" }.joined(separator: " ")
      let script = """
        PATH=\(Tocsin.binary.deletingLastPathComponent().path):$PATH
        cd \(folder.path)
        source <(tocsin completion bash)
        IFS= read -r COMP_LINE < line
        COMP_POINT=${#COMP_LINE} COMP_WORDS=(\(array)) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _tocsin
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      try Data("\(line)\n".utf8).write(to: folder.url.appending(path: "line"))
      try Data(script.utf8).write(to: folder.url.appending(path: "script"))
      let status = try Child.run(["bash", "--norc", folder.path("script")], output: folder.path("out"))
      #expect(status == 0)
      return try String(contentsOfFile: folder.path("out"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Words are cut as bash cuts them, at = and : too.
    @Test func bashCompletes() throws {
      let store = try store()
      #expect(try bash("tocsin lis", ["tocsin", "lis"]) == ["list"])
      #expect(try bash("tocsin quarantine ", ["tocsin", "quarantine", ""]) == ["list", "show", "retry", "drop"])
      #expect(try bash("tocsin list --format=nd", ["tocsin", "list", "--format", "=", "nd"]) == ["ndjson"])
      #expect(try bash("tocsin list --format=", ["tocsin", "list", "--format", "="]).contains("geojson"))
      let base = "tocsin list --store \(store.path) --keyword "
      let words = ["tocsin", "list", "--store", store.path, "--keyword"]
      #expect(try bash(base + "str", words + ["str"]) == ["street\\ light"])
      #expect(try bash(base + "street\\ l", words + ["street\\ l"]) == ["street\\ light"])
      #expect(try bash(base + "\"street l", words + ["\"street l"]) == ["street light"])
      // A keyword that would run a command is quoted.
      #expect(try bash(base + "sno", words + ["sno"]) == ["snow\\ \\$\\(touch\\ owned\\)"])
      #expect(try bash("tocsin replay scr", ["tocsin", "replay", "scr"]) == ["script"])
    }

    /// A person at bash: the tab key fills in what there is only one of.
    @Test func theTabKeyCompletesInBash() throws {
      let store = try store()
      let folder = try TemporaryFolder()
      try Data(
        """
        PATH=\(Tocsin.binary.deletingLastPathComponent().path):$PATH PS1='ready> '
        source <(tocsin completion bash)
        bind 'set enable-bracketed-paste off'

        """.utf8
      ).write(to: folder.url.appending(path: "rc"))
      let result = try PseudoTerminal.run(
        command: ["bash", "--noprofile", "--rcfile", folder.path("rc"), "-i"],
        typed: "tocsin li\t--store \(store.path) --key\tstr\t--form\tcs\t | head -c 5 > \(folder.path("out")); exit\n",
        after: "ready> ")
      #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "id,ki", "\(result.output)")
    }

    private func isThere(_ shell: String) -> Bool {
      if FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)") { return true }
      print("\(shell) is not there: its completion is not tried")
      return false
    }

    @Test func zshCompletes() throws {
      guard isThere("zsh") else { return }
      let store = try store()
      let folder = try TemporaryFolder()
      try Data(
        """
        PATH=\(Tocsin.binary.deletingLastPathComponent().path):$PATH PS1='ready> '
        autoload -Uz compinit; compinit -u -d \(folder.path("dump")); unset zle_bracketed_paste; unsetopt prompt_sp beep
        source <(tocsin completion zsh)

        """.utf8
      ).write(to: folder.url.appending(path: ".zshrc"))
      let result = try PseudoTerminal.run(
        command: ["zsh", "-i"],
        typed: "tocsin li\t--store \(store.path) --key\tstr\t--format cs\t | head -c 5 > \(folder.path("out")); exit\n",
        after: "ready> ", environment: ["ZDOTDIR": folder.path])
      #expect((try? String(contentsOfFile: folder.path("out"), encoding: .utf8)) == "id,ki", "\(result.output)")
    }

    @Test func fishCompletes() throws {
      guard isThere("fish") else { return }
      let store = try store()
      let folder = try TemporaryFolder()
      let script = """
        set PATH \(Tocsin.binary.deletingLastPathComponent().path) $PATH
        tocsin completion fish | source
        complete -C 'tocsin li'
        complete -C 'tocsin list --kind c'
        complete -C 'tocsin list --store \(store.path) --keyword str'
        """
      try Data(script.utf8).write(to: folder.url.appending(path: "script"))
      let child = try Child(
        ["fish", "--no-config", folder.path("script")], output: folder.path("out"), errors: folder.path("err"),
        environment: ["HOME": folder.path])
      #expect(child.wait() == 0)
      let lines = try String(contentsOfFile: folder.path("out"), encoding: .utf8).split(separator: "\n").map {
        String($0.prefix { $0 != "\t" })
      }
      #expect(lines == ["list", "cluster", "street light"], "\(lines)")
    }
  }
}
