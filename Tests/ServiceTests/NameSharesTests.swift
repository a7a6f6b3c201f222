import Configuration
import Decode
import JSON
import Reports
import TestSupport
import Testing
import Wire
import ZeroMQ

@testable import Service

/// Names that are kept for good: what one who holds a key uses up of them leaves room for the others.
extension ServiceTests {
  @Suite struct NameSharesTests {
    @Test func aProducerBelongsToTheNearestName() {
      let ring = KeyRing(
        ["city", "city/north"].map { Configuration.Producer(name: $0, publicKeys: [], sourcePrefixes: [""]) })
      func owner(_ name: String) -> String? { ring.owner(of: Array(name.utf8)) }
      #expect(owner("city") == "city" && owner("city/7") == "city" && owner("city/7/8") == "city")
      #expect(owner("city/north/1") == "city/north")
      #expect(owner("cityscape") == nil && owner("") == nil && owner("/") == nil)
    }

    @Test func epochsAreSharedOut() {
      let ring = KeyRing(["a", "b"].map { Configuration.Producer(name: $0, publicKeys: [], sourcePrefixes: [""]) })
      let known = Array(repeating: Array("a/1".utf8), count: NameShares.epochLimit - 1) + [Array("stranger".utf8)]
      var shares = NameShares(ring, producers: known, sources: [], key: .published)
      #expect(shares.hasRoomForEpoch(of: "a") && shares.hasRoomForEpoch(of: "b"))
      shares.addEpoch(of: "a")
      #expect(!shares.hasRoomForEpoch(of: "a") && shares.hasRoomForEpoch(of: "b"))
      #expect(NameShares.epochLimit < Limits.distinctProducerCount && NameShares.sourceLimit < Limits.distinctSourceCount)
    }

    /// Those that are kept already go on, however many there are; and one that may report for all has no share.
    @Test func whatIsKeptAlreadyGoesOn() throws {
      let keys = (try CurveKeyPair.generate().publicKey.description, try CurveKeyPair.generate().publicKey.description)
      let ring = KeyRing([
        Configuration.Producer(name: "a", publicKeys: [keys.0], sourcePrefixes: ["a/"]),
        Configuration.Producer(name: "gate", publicKeys: [keys.1], sourcePrefixes: ["a/", ""]),
      ])
      let known = (0..<NameShares.sourceLimit + 100).map { Array("a/\($0)".utf8) }
      var shares = NameShares(ring, producers: [], sources: known, key: .published)
      var decoder = try Decoder(DecodeSettings(reporterKey: .published, maximumSkewAheadMicroseconds: 3_600_000_000))
      func refused(_ owner: String, _ source: String) throws -> Bool {
        let line =
          "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"\(source)\",\"id\":\"1\","
          + "\"time\":\"2015-02-10T13:05:00Z\",\"data\":{\"keywords\":[\"snow\"]}}\n"
        let body = Array(line.utf8)
        var batch = ReportBatch(
          producer: [], epoch: Epoch(high: 0, low: 1), firstSequence: 1, receivedAt: Timestamp(seconds: 1_500_000_000))
        try shares.withShare(of: owner, in: &decoder) { (decoder) throws(DecodeError) in
          try decoder.decode(body.span, format: .ndjson, expectedCount: 1, into: &batch)
        }
        return batch.rejections[0] == Rejection.tooManySources.rawValue
      }
      #expect(try !refused("a", "a/1") && !refused("a", "a/\(known.count - 1)"))
      #expect(try refused("a", "a/new") && !refused("a", "a/2"))
      #expect(try !refused("gate", "a/new") && !refused("nobody", "a/new"))
    }

    /// One names more sources than its share: the rest is rejected by name, also after a restart, and another finds room.
    @Test func sourcesAreSharedOut() throws {
      let keyed = try KeyedDaemon()
      func send(_ peer: borrowing Peer, _ first: Int, _ count: Int, source: (Int) -> String) throws -> Ack {
        let lines = (first..<first + count).map { number in
          "{\"specversion\":\"1.0\",\"type\":\"org.tocsin.report.v1\",\"source\":\"\(source(number))\",\"id\":\"\(number)\","
            + "\"time\":\"2015-02-10T13:05:00Z\",\"data\":{\"keywords\":[\"snow\"]}}\n"
        }
        let body = Array(lines.joined().utf8)
        let put = Put(epoch: KeyedDaemon.epoch, firstSequence: UInt64(first), count: count, body: body.span)
        guard case .ack(let ack) = try peer.ask(WireMessage.put(put).frames + [body], milliseconds: 20_000) else {
          throw SlowMachine.Failed()
        }
        return ack
      }
      let town = try keyed.peer(keyed.town)
      guard case .welcome = try town.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      var refused = 0
      // An ACK names so many events at most.
      for batch in 0..<80 {
        let ack = try send(town, batch * 250 + 1, 250) { "town/\($0)" }
        #expect(ack.exceptions.allSatisfy { $0.code == "too-many-sources" })
        refused += ack.exceptions.count
      }
      #expect(refused == 20_000 - NameShares.sourceLimit)
      // Those that are known go on, and another has room.
      #expect(try send(town, 20_001, 10) { "town/\($0 - 20_000)" }.exceptions.isEmpty)
      let city = try keyed.peer(keyed.city)
      guard case .welcome = try city.ask(KeyedDaemon.hello("city")) else { Issue.record("no WELCOME"); return }
      #expect(try send(city, 1, 10) { "city/\($0)" }.exceptions.isEmpty)
      #expect(keyed.daemon.stop() == 0)
      let again = try Daemon(store: keyed.store, log: keyed.folder, arguments: ["--config", keyed.configuration])
      let after = try Peer(again.endpoint, keyed.credentials(keyed.town))
      guard case .welcome = try after.ask(KeyedDaemon.hello("town")) else { Issue.record("no WELCOME"); return }
      let ack = try send(after, 20_011, 2) { $0 == 20_011 ? "town/1" : "town/new" }
      #expect(ack.exceptions.map(\.sequence) == [20_012] && ack.exceptions.first?.code == "too-many-sources")
      #expect(again.stop() == 0)
      #expect(try checkedLedger(store: keyed.store)["received"] == 20_022)
    }
  }
}
