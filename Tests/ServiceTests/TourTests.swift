import Foundation
import TestSupport
import Testing

/// What docs/tour.md and README.md show is what today's program takes and says.
extension StoreCommandTests {
  @Suite struct TourTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
      try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    /// The words of the command lines of `tocsin` in a document's blocks, as a shell would part them; behind pipes, too.
    private static func commands(_ document: String) -> [[String]] {
      var isCode = false
      var commands: [[String]] = []
      for line in document.split(separator: "\n") {
        if line.hasPrefix("```") { isCode.toggle() }
        guard isCode, line.contains("tocsin ") else { continue }
        var words = line.split(separator: " #")[0].matches(of: /(?:"[^"]*"|[^\s"])+/).map { String($0.0.filter { $0 != "\"" }) }
        if words.first == "$" { words.removeFirst() }
        for command in words.split(whereSeparator: { ["|", "&", "&&", ">", ";"].contains($0) }) where command.first == "tocsin" {
          commands.append(Array(command.dropFirst()))
        }
      }
      return commands
    }

    /// Whether the program knows the command and every flag and choice of it; what it says where it does not.
    private static func refusal(_ command: [String]) throws -> String? {
      let result = try Tocsin.run(command + ["--help"])
      return result.status == 0 ? nil : result.complaints
    }

    @Test(arguments: ["docs/tour.md", "README.md"]) func everyCommandLineIsTaken(path: String) throws {
      let commands = Self.commands(try Self.text(path))
      #expect(commands.count > 15, "\(path): \(commands.count) command lines were found")
      for command in commands { #expect(try Self.refusal(command) == nil, "\(path): \(command)") }
    }

    /// The test above can fail.
    @Test func aCommandLineThatIsNotTakenIsFound() throws {
      let commands = Self.commands(
        """
        ```console
        $ cat x | tocsin list --nere 1,2 --since "8h ago"
        $ tocsin nearby 1,2
        ```
        tocsin x
        """)
      #expect(commands == [["list", "--nere", "1,2", "--since", "8h ago"], ["nearby", "1,2"]])
      for command in commands { #expect(try Self.refusal(command)?.contains("did you mean") == true) }
    }

    @Test func everyCommandOfTheTemplateIsTold() throws {
      let template = try Self.text("bench/tour.md.in").split(separator: "\n").filter { $0.contains(#/^\$[0-9]* /#) }
      let told = try Self.text("docs/tour.md").split(separator: "\n").filter { $0.hasPrefix("$ ") }
      #expect(template.count == told.count && told.count > 15, "docs/tour.md is older than its template: make tour")
    }

    /// Where the streams are, and the program is the release build that is quick enough.
    @Test func theTourIsWhatTheProgramSays() throws {
      guard ProcessInfo.processInfo.environment["TOCSIN_BINARY"] != nil else {
        print("SKIPPED: the tour is taken with a release build in TOCSIN_BINARY")
        return
      }
      let folder = try TemporaryFolder()
      let child = try Child(
        [
          Self.package.appending(path: "bench/tour.sh").path, Tocsin.binary.deletingLastPathComponent().path,
          folder.path("tour.md"),
        ], output: folder.path("out"), errors: folder.path("err"), environment: ["DATA": SharedData.root.path])
      #expect(child.wait() == 0)
      let complaints = try String(contentsOfFile: folder.path("err"), encoding: .utf8)
      if complaints.contains("SKIPPED") { return print(complaints, terminator: "") }
      #expect(complaints.contains("written"))
      let taken = try String(contentsOfFile: folder.path("tour.md"), encoding: .utf8).split(separator: "\n")
      let kept = try Self.text("docs/tour.md").split(separator: "\n")
      for (own, other) in zip(taken, kept) where own != other {
        Issue.record("docs/tour.md is not what is said today, which `make tour` writes down:\n- \(other)\n+ \(own)")
        return
      }
      #expect(taken.count == kept.count)
    }
  }
}
