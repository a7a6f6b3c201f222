import Foundation
import Fuzz
import TestSupport
import Testing

/// What the fuzzers begin with and what they have found, read again.
@Suite struct CorpusTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  /// The files of a fuzzer's corpus.
  private static func corpus(_ kind: any Fuzzer.Type) throws -> [(name: String, bytes: [UInt8])] {
    let files = try FileManager.default.contentsOfDirectory(at: root.appending(path: kind.name), includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
  }

  private static func inputs(_ kind: any Fuzzer.Type) throws -> [(name: String, bytes: [UInt8])] {
    try kind.seeds() + corpus(kind)
  }

  @Test(arguments: Fuzzers.all.map { $0.name })
  func everyInputHolds(name: String) throws {
    let kind = try #require(Fuzzers.all.first { $0.name == name })
    let fuzzer = try kind.init { $0 }
    var (taken, refused) = (0, 0)
    for (name, bytes) in try Self.inputs(kind) {
      do {
        if try fuzzer.check(bytes) { taken += 1 } else { refused += 1 }
      } catch {
        Issue.record("\(kind.name)/\(name): \(error)")
      }
    }
    #expect(taken > 2 && refused > 2, "\(taken) inputs were taken and \(refused) refused: what holds of them says nothing")
  }

  /// The canary: what is damaged between being written and being read again is found.
  @Test(arguments: Fuzzers.all.map { $0.name })
  func whatIsReadAgainIsCompared(name: String) throws {
    let kind = try #require(Fuzzers.all.first { $0.name == name })
    let fuzzer = try kind.init { bytes in
      var bytes = bytes
      // A digit more or less, or a bit of a number: past the front, which is the same for all.
      let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "1") && byte <= UInt8(ascii: "8") }
      if let index = bytes.lastIndex(where: isDigit) { bytes[index] ^= 1 }
      return bytes
    }
    var found = 0
    for (_, bytes) in try Self.inputs(kind) {
      do { _ = try fuzzer.check(bytes) } catch { found += 1 }
    }
    #expect(found > 2, "\(found) inputs were found damaged")
  }

  /// A corpus is read at every run of the tests.
  @Test(arguments: Fuzzers.all.map { $0.name })
  func aCorpusIsSmall(name: String) throws {
    let kind = try #require(Fuzzers.all.first { $0.name == name })
    let byteCount = try Self.corpus(kind).reduce(0) { $0 + $1.bytes.count }
    #expect(byteCount > 0 && byteCount < 100 << 10, "\(byteCount) bytes; minimise it by `make fuzz-merge`")
  }
}
