import Foundation
import Reports
import Testing
import Wire

/// docs/wire.md says what is built.
@Suite struct DocumentTests {
  private func document(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs").appending(path: name), encoding: .utf8)
  }

  @Test func thePythonProducerStandsInTheDocument() throws {
    let blocks = try document("wire.md").components(separatedBy: "```python\n").dropFirst()
    #expect(blocks.count == 1)
    let block = try #require(blocks.first?.components(separatedBy: "```").first)
    #expect(try block == document("producer.py"))
    #expect(block.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count <= 40)
  }

  @Test func everyCodeIsInTheDocument() throws {
    let text = try document("wire.md")
    for code in ErrorCode.allCases { #expect(text.contains("| `\(code.rawValue)` |"), "\(code)") }
    for rejection in Rejection.allCases {
      let member = rejection.member.isEmpty ? "" : "`\(rejection.member)`"
      #expect(text.contains("| `\(rejection.code)` | \(member)"), "\(rejection)")
    }
    for verb in Verb.allCases { #expect(text.contains("| \(verb.rawValue) | \("\(verb)".uppercased()) |"), "\(verb)") }
    for type in MediaType.allCases { #expect(text.contains("`\(type.rawValue)`")) }
  }

  /// Every example of a header in the document is one that is understood.
  @Test func theExamplesAreUnderstood() throws {
    let body = Array(#"{"example":1}"#.utf8) + [10]
    var seen: Set<Verb> = []
    for block in try document("wire.md").components(separatedBy: "```json ").dropFirst() {
      let lines = try #require(block.components(separatedBy: "\n```").first)
      let name = lines.prefix { $0.isLetter }
      let verb = try #require(Verb.allCases.first { "\($0)".uppercased() == name })
      let frames = [FrameHeader(verb).bytes, Array(lines.dropFirst(name.count).utf8)] + (verb == .put ? [body] : [])
      #expect(try decode(frames).verb == verb, "\(name)")
      seen.insert(verb)
    }
    #expect(seen == Set(Verb.allCases))
  }
}
