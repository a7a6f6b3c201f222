import Foundation
import JSON
import Reports
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A running `tocsin serve` that asks for keys, with two producers: `city` for sources `city/…` and `town` for `town/…`.
final class KeyedDaemon {
  let folder: TemporaryFolder
  let store: String
  let configuration: String
  let server: CurveKeyPair
  let city: CurveKeyPair
  let town: CurveKeyPair
  let daemon: Daemon

  /// - Parameters:
  ///   - quotas: lines that belong to the table of `town`.
  ///   - service: lines of `[service]`.
  init(endpoint: String = "tcp://127.0.0.1:*", quotas: String = "", service: String = "") throws {
    folder = try TemporaryFolder()
    store = folder.path("store")
    configuration = folder.path("tocsin.toml")
    server = try Self.key("server", folder)
    city = try Self.key("city", folder)
    town = try Self.key("town", folder)
    let text = Self.text(
      folder, [("city", [city.publicKey], ""), ("town", [town.publicKey], quotas)], service: service)
    try Data(text.utf8).write(to: URL(filePath: configuration))
    daemon = try Daemon(store: store, endpoint: endpoint, log: folder, arguments: ["--config", configuration])
  }

  /// A key by `tocsin keygen`, whose file is `NAME.key`.
  static func key(_ name: String, _ folder: TemporaryFolder) throws -> CurveKeyPair {
    let printed = try Tocsin.output(["keygen", folder.path("\(name).key")])
    let file = try String(contentsOf: folder.url.appending(path: "\(name).key"), encoding: .utf8)
    let pair = try #require(CurveKeyPair(secretKeyText: String(file.dropLast().suffix(40))))
    #expect(printed == "\(pair.publicKey)\n")
    return pair
  }

  static func text(
    _ folder: TemporaryFolder, _ producers: [(name: String, keys: [CurveKey], quotas: String)], service: String = ""
  ) -> String {
    var text = "version = 1\n[service]\n\(service)\n[security]\nsecretKeyFile = \"\(folder.path("server.key"))\"\n"
    for producer in producers {
      text += "[[producer]]\nname = \"\(producer.name)\"\nsourcePrefixes = [\"\(producer.name)/\"]\n"
      text += "publicKeys = [\(producer.keys.map { "\"\($0)\"" }.joined(separator: ", "))]\n\(producer.quotas)\n"
    }
    return text
  }

  func credentials(_ keys: CurveKeyPair) -> CurveCredentials { CurveCredentials(keys: keys, serverKey: server.publicKey) }

  func peer(_ keys: CurveKeyPair) throws -> Peer { try Peer(daemon.endpoint, credentials(keys)) }

  /// What was refused, by code, once one of the codes is among it.
  func refusals(waitingFor codes: String...) throws -> [String: UInt64] {
    for _ in 0..<100 {
      let counts = try refusals()
      if codes.contains(where: { counts[$0] != nil }) { return counts }
      usleep(100_000)
    }
    return try refusals()
  }

  func refusals() throws -> [String: UInt64] {
    let result = try Tocsin.run(["sources", "--refused", "--store", store, "--format", "ndjson"])
    var counts: [String: UInt64] = [:]
    for line in result.output.split(separator: "\n") {
      let row = try JSONValue(parsing: Array(line.utf8))
      if let code = row["code"]?.string, let count = row["count"]?.uint64 { counts[code] = count }
    }
    return counts
  }

  /// Whether any file of the store holds these bytes.
  func stores(_ text: String) throws -> Bool {
    let walk = FileManager.default.enumerator(at: URL(filePath: store), includingPropertiesForKeys: nil)
    for case let file as URL in walk ?? FileManager.DirectoryEnumerator() {
      if let bytes = try? Data(contentsOf: file), bytes.range(of: Data(text.utf8)) != nil { return true }
    }
    return false
  }

  static let epoch = Epoch(high: 7, low: 9)

  static func hello(_ name: String, epoch: Epoch = epoch, lastSequence: UInt64 = 0) -> [[UInt8]] {
    WireMessage.hello(Hello(producer: name, epoch: epoch, lastSequence: lastSequence)).frames
  }

  /// One event a line; `ids` become their ids.
  static func put(_ first: UInt64, source: String, ids: [String], epoch: Epoch = epoch) -> [[UInt8]] {
    let lines = ids.map { id in
      "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"\(source)\",\"id\":\"\(id)\","
        + "\"time\":\"2015-02-10T13:05:00Z\",\"data\":{\"keywords\":[\"word \(id)\"],\"text\":\"text of \(id)\"}}\n"
    }
    let body = Array(lines.joined().utf8)
    return WireMessage.put(Put(epoch: epoch, firstSequence: first, count: ids.count, body: body.span)).frames + [body]
  }
}
