import Foundation
import SQLite
import TestSupport
import Testing

/// `tocsin erase`: nothing of what a report said is left in any file of the store, and what it counted is.
extension ServiceTests {
  @Suite struct EraseTests {
    private static func event(_ id: String, minute: Int, text: String, keywords: [String]?, subject: String? = nil) -> String {
      let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(1_772_409_600 + minute * 60)))
      let words = keywords.map { "\"keywords\":[" + $0.map { "\"\($0)\"" }.joined(separator: ",") + "]," } ?? ""
      let subject = subject.map { "\"subject\":\"\($0)\"," } ?? ""
      return
        "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"city/app\",\"id\":\"\(id)\",\(subject)"
        + "\"time\":\"\(time)\",\"data\":{\"location\":{\"type\":\"Point\",\"coordinates\":[-71.1,42.3]},\(words)"
        + "\"text\":\"\(text)\"}}"
    }

    /// Reports of a water main at one place; two of them, and what came of them, are to be erased.
    private static let lines: [String] = {
      var lines = (0..<120).map { event("e\($0)", minute: $0 * 2, text: "water in the street \($0)", keywords: ["water main"]) }
      let secret = event("secret", minute: 1, text: "Xylophonist lives here", keywords: ["water main"], subject: "ticketzzq")
      // Accepted, sent again, and with other content; without keywords; refused for its place.
      lines.insert(secret, at: 1)
      lines.insert(secret, at: 40)
      lines.insert(event("secret", minute: 1, text: "Xylophonist moved", keywords: ["water main"]), at: 50)
      lines.insert(event("wordy", minute: 30, text: "xylophonist quuxbar plays", keywords: nil), at: 20)
      lines.insert(
        event("far", minute: 31, text: "Xylophonist afar", keywords: ["water main"]).replacingOccurrences(
          of: "42.3]", with: "99]"),
        at: 30)
      lines.insert("{\"specversion\":\"1.0\",\"source\":\"city/app\",\"data\":{\"text\":\"Xylophonist without id\"}}", at: 32)
      return lines
    }()

    /// The files of a folder in which a word stands, in whatever case; what is no file of a store is left out.
    private static func files(of folder: String, with words: [String]) throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
        guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { return false }
        let text = String(decoding: data, as: UTF8.self).lowercased()
        return words.contains { text.contains($0) }
      }.sorted()
    }

    private static let words = ["xylophonist", "quuxbar", "ticketzzq"]

    private static func summaries(_ store: String) throws -> [String] {
      try [["list", "--kind", "cluster"], ["list", "--all"], ["sources"], ["list", "--kind", "episode"]].map {
        try Tocsin.run($0 + ["--format", "ndjson", "--store", store]).output
      }
    }

    @Test func nothingOfItIsLeftAndWhatItCountedIs() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Self.lines, to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      #expect(try Self.files(of: store, with: Self.words).contains("summaries.sqlite"))
      let before = try Self.summaries(store)
      let erase = ["erase", "city/app", "secret", "wordy", "far", "--store", store]
      let preview = try Tocsin.run(erase + ["--preview"])
      #expect(
        preview.output.contains("to be erased:") && preview.output.contains("5 arrivals in the journal"), "\(preview.output)")
      #expect(try Self.files(of: store, with: Self.words).contains("summaries.sqlite"), "a preview changes nothing")
      let erased = try Tocsin.run(erase)
      #expect(erased.status == 0 && erased.output.contains("5 arrivals"), "\(erased.output)\(erased.complaints)")
      // What had no id to be named by is left, and named by its number.
      #expect(try Self.files(of: store, with: ["without id"]).count == 2)
      let numbers = try Tocsin.output(["quarantine", "list", "--format", "csv", "--store", store])
        .components(separatedBy: .newlines).filter { !$0.isEmpty }.dropFirst().compactMap { $0.split(separator: ",").first }
      #expect(numbers.count == 1)
      #expect(try Tocsin.run(["erase", "--quarantine", String(numbers.first ?? "0"), "--store", store]).status == 0)
      #expect(try Self.files(of: store, with: Self.words) == [])
      #expect(try Self.summaries(store) == before)
      for command in [["db", "check"], ["journal", "check"], ["doctor"]] {
        let result = try Tocsin.run(command + ["--store", store])
        #expect(result.status == 0, "\(command): \(result.output)")
      }
      // Once more finds the arrivals, and no texts.
      #expect(try Tocsin.run(erase).output.contains("0 sample texts"))
      // What comes of them again is a copy, and says nothing.
      try Stream.write([Self.lines[1], Self.lines[20]], to: folder.path("again"))
      let again = try Tocsin.run(["replay", folder.path("again"), "--store", store])
      #expect(again.complaints.contains("duplicate 2, late 0, rejected 0"), "\(again.complaints)")
      let daemon = try Daemon(store: store, log: folder)
      let refused = try Tocsin.run(erase)
      #expect(refused.status == 2 && refused.complaints.contains("stop it first"), "\(refused.complaints)")
      _ = try Tocsin.output(["send", folder.path("again"), "--to", daemon.endpoint])
      #expect(daemon.stop() == 0)
      #expect(try Self.files(of: store, with: Self.words) == [])
      // Made anew from the journal the summaries are the same, but for the report that had only words of its text.
      try Stream.write(Array(Self.lines[2..<3]), to: folder.path("one"))
      #expect(try Tocsin.run(["replay", folder.path("one"), "--store", store, "--rebuild"]).status == 0)
      #expect(try Self.summaries(store)[0] == before[0])
      #expect(try Self.files(of: store, with: Self.words) == [])
    }

    /// What a reader of an earlier state keeps in the log is not called erased; the same once more finishes it.
    @Test func aReaderThatHoldsTheLogIsNamed() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Self.lines, to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      let erase = ["erase", "city/app", "secret", "wordy", "far", "nobody", "--store", store]
      do {
        let reader = try Connection(path: store + "/summaries.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        #expect(try reader.integer("SELECT count(*) FROM quarantine") == 3)
        let held = try Tocsin.run(erase)
        #expect(held.status == 2 && held.complaints.contains("somebody reads an earlier state"), "\(held.complaints)")
      }
      let again = try Tocsin.run(erase)
      #expect(again.status == 0 && again.complaints.contains("the journal holds no nobody"), "\(again.complaints)")
      #expect(try Self.files(of: store, with: ["lives here", "quuxbar", "ticketzzq", "afar"]) == [])
      let trace = try Tocsin.run(["trace", "city/app", "secret", "--store", store])
      #expect(trace.output.contains("what it said was erased") && !trace.output.contains("quarantine list"), "\(trace.output)")
    }

    @Test func whatIsNotThereIsSaid() throws {
      let folder = try TemporaryFolder()
      let store = folder.path("store")
      try Stream.write(Self.lines, to: folder.path("stream"))
      #expect(try Tocsin.run(["replay", folder.path("stream"), "--store", store]).status == 0)
      let nobody = try Tocsin.run(["erase", "city/app", "nobody", "--store", store])
      #expect(nobody.status == 1 && nobody.complaints.contains("no such report of city/app"), "\(nobody.complaints)")
      let typo = try Tocsin.run(["erase", "city/ap", "secret", "--store", store])
      #expect(typo.status == 2 && typo.complaints.contains("did you mean city/app?"), "\(typo.complaints)")
      for arguments in [
        ["erase"], ["erase", "city/app"], ["erase", "--quarantine", "x"], ["erase", "a", "b", "--store", "/nowhere"],
      ] {
        #expect(
          try Tocsin.run(arguments + (arguments.contains("--store") ? [] : ["--store", store])).status == 2, "\(arguments)")
      }
      let config = folder.path("other.toml")
      try Data("version = 1\n[cluster]\ncellMeters = 4000.0\n".utf8).write(to: URL(filePath: config))
      let other = try Tocsin.run(["erase", "city/app", "secret", "--config", config, "--store", store])
      #expect(other.status == 2 && other.complaints.contains("--config"), "\(other.complaints)")
      // A list that nobody can read must not let anything back in.
      #expect(try Tocsin.run(["erase", "city/app", "secret", "--store", store]).status == 0)
      try Data("rubbish".utf8).write(to: URL(filePath: store + "/journal/erased"))
      let broken = try Tocsin.run(["replay", folder.path("stream"), "--store", store])
      #expect(broken.status == 2 && broken.complaints.contains("journal/erased"), "\(broken.complaints)")
    }
  }
}
