import Reports
import TestSupport
import Testing
import Wire

/// Decodes frames as a receiver would that has got this many.
func decode(_ frames: [[UInt8]]) throws(WireError) -> WireMessage {
  let head = frames.first ?? []
  let header = frames.count > 1 ? frames[1] : []
  let body = frames.count > 2 ? frames[2] : []
  return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frames.count)
}

@Suite struct WireMessageTests {
  static let epoch = "0123abcd-4567-89ab-cdef-0123456789ab"

  @Test(arguments: 0..<64 as Range<UInt64>)
  func messagesSurviveTheirFrames(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let (message, body) = random.message()
      var frames = message.frames
      #expect(frames[0] == Array("TCSN".utf8) + [1, message.verb.rawValue])
      #expect(frames[1].count <= Limits.headerByteCount)
      if message.verb == .put { frames.append(body) }
      #expect(try decode(frames) == message, "seed \(seed)")
    }
  }

  /// In one piece of memory one after the other, a long one before a short one, as the intake writes its answers.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func aWriterThatIsUsedAgainWritesTheSame(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var writer = FrameWriter()
    for _ in 0..<200 {
      let (message, _) = random.message()
      writer.write(message)
      #expect([writer.head, writer.header] == message.frames, "seed \(seed)")
    }
  }

  @Test func anEpochIsWrittenAsItIsRead() throws {
    #expect(try #require(Epoch(Self.epoch)).description == Self.epoch)
    #expect(Epoch(high: 0, low: .max).description == "00000000-0000-0000-ffff-ffffffffffff")
  }

  @Test(arguments: 0..<64 as Range<UInt64>)
  func garbledFramesAreErrorsOrMessagesAndNeverCrash(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let (message, body) = random.message()
      var frames = message.frames + (message.verb == .put ? [body] : [])
      for _ in 0...random.next() % 3 {
        let frame = Int(random.next() % UInt64(max(frames.count, 1)))
        switch random.next() % 6 {
        case 0: frames.append([UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: 3))
        case 1 where !frames.isEmpty: frames.removeLast()
        case 2 where !frames.isEmpty && !frames[frame].isEmpty:
          frames[frame].removeLast(Int(random.next() % UInt64(frames[frame].count)))
        default:
          guard !frames.isEmpty, !frames[frame].isEmpty else { continue }
          let index = Int(random.next() % UInt64(frames[frame].count))
          frames[frame][index] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      do throws(WireError) {
        // Whatever is taken can be said again and means the same.
        let taken = try decode(frames)
        let again = try decode(taken.frames + (taken.verb == .put ? [frames[2]] : []))
        #expect(again == taken, "seed \(seed)")
      } catch {
        #expect(error.knownCode != nil, "seed \(seed)")
        #expect(!error.message.isEmpty && error.message.utf8.count <= WireLimits.messageByteCount, "seed \(seed)")
      }
    }
  }

  /// What is read in one pass is what the whole reader reads, which a member that nobody knows asks for.
  @Test(arguments: 0..<64 as Range<UInt64>)
  func theUsualPutIsReadAsAnyOther(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let body = Array("123456789".utf8)
    func one(of values: [String]) -> String { values[Int(random.next() % UInt64(values.count))] }
    func integer() -> String {
      one(of: [
        "0", "1", "1", "2", "4096", "4097", "007", "-1", "1.0", "1e3", "", "null", "9007199254740991", "9007199254740992",
        "99999999999999999", "18446744073709551616", "4294967295", "4294967296", "\(random.next() % 1_000_000)",
      ])
    }
    for _ in 0..<200 {
      let usual = random.next() % 2 == 0
      var members = [
        (
          "epoch",
          usual
            ? "\"\(Self.epoch)\""
            : one(of: [
              "\"\(Self.epoch.uppercased())\"", "\"\(Self.epoch.dropLast())\"", "\"\(Self.epoch)0\"", "7",
              "\"0123abcd-4567-89ab-cdef-0123456789ag\"",
            ])
        ),
        ("firstSequence", usual ? "\(random.next() % 1_000_000 + 1)" : integer()), ("count", usual ? "1" : integer()),
        ("crc32c", usual ? "3808858755" : integer()),
      ]
      if random.next() % 2 == 0 { members.shuffle(using: &random) }
      if random.next() % 8 == 0 { members.removeLast() }
      if random.next() % 8 == 0 { members.append(members[0]) }
      let space = one(of: ["", "", " ", "  ", "\t", "\n"])
      let text = members.map { "\"\($0.0)\"\(space):\(space)\($0.1)" }.joined(separator: "\(space),\(space)")
      var usualHeader = "{\(space)\(text)\(space)}\(space)"
      if random.next() % 16 == 0 { usualHeader.removeLast() }
      if random.next() % 16 == 0 { usualHeader += one(of: ["{", "0", ",", " "]) }
      let otherHeader = usualHeader.replacing("{", with: "{\"unknown\":0,", maxReplacements: 1)
      func outcome(_ header: String) -> Result<WireMessage, WireError> {
        Result { () throws(WireError) in try decode([FrameHeader(.put).bytes, Array(header.utf8), body]) }
      }
      #expect(outcome(usualHeader) == outcome(otherHeader), "seed \(seed): \(usualHeader)")
    }
  }

  // MARK: Faults

  private func check(
    _ frames: [[UInt8]], _ code: ErrorCode, naming part: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: WireError.self, sourceLocation: sourceLocation) { try decode(frames) }
    #expect(error?.code == code.rawValue, sourceLocation: sourceLocation)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
  }

  private func frames(_ verb: Verb, _ header: String, _ body: [UInt8]? = nil) -> [[UInt8]] {
    [FrameHeader(verb).bytes, Array(header.utf8)] + (body.map { [$0] } ?? [])
  }

  /// A PUT's frames with some members replaced; the body is "123456789", whose CRC-32C is published (RFC 3720 B.4 has others,
  /// this one is the catalogue's check value).
  private func put(
    epoch: String = "\"\(epoch)\"", first: String = "1", count: String = "1", crc: String = "3808858755",
    body: [UInt8] = Array("123456789".utf8)
  ) -> [[UInt8]] {
    frames(.put, #"{"epoch":\#(epoch),"firstSequence":\#(first),"count":\#(count),"crc32c":\#(crc)}"#, body)
  }

  @Test func frameCountsAreChecked() {
    check([], .malformedFrames)
    check([FrameHeader(.hello).bytes], .malformedFrames, naming: "HELLO: 1 frames, expected 2")
    check(frames(.ping, "{}", []), .malformedFrames, naming: "PING: 3 frames, expected 2")
    check(Array(put().prefix(2)), .malformedFrames, naming: "PUT: 2 frames, expected 3")
    check(put() + [[]], .malformedFrames, naming: "PUT: 4 frames, expected 3")
  }

  @Test func theFirstFrameIsChecked() {
    let header = Array("{}".utf8)
    check([[], header], .badMagic)
    check([Array("TCSN".utf8) + [1], header], .badMagic, naming: "5 bytes")
    check([Array("TCSN".utf8) + [1, 6, 0], header], .badMagic, naming: "7 bytes")
    check([Array("tcsn".utf8) + [1, 6], header], .badMagic)
    check([Array("GET /h".utf8), header], .badMagic)
    check([Array("TCSN".utf8) + [1, 0], header], .unknownVerb)
    check([Array("TCSN".utf8) + [1, 10], header], .unknownVerb, naming: "10")
    check([Array("TCSN".utf8) + [2, 6], header], .unsupportedVersion)
    let error = #expect(throws: WireError.self) { try decode([Array("TCSN".utf8) + [2, 200], header]) }
    #expect(error?.supportedVersions == [1])
  }

  @Test func theHeaderIsOneJSONObject() {
    for header in ["", "{", "nonsense", "[]", "1", "null", "{} {}", "{\"a\":\u{1}}"] {
      check(frames(.ping, header), .malformedHeader)
    }
    check([FrameHeader(.ping).bytes, [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]], .malformedHeader)
    check(frames(.ping, String(repeating: "[", count: 20_000)), .malformedHeader)
    check(frames(.ping, "{}" + String(repeating: " ", count: Limits.headerByteCount)), .headerTooLong)
  }

  @Test func unknownMembersAreIgnored() throws {
    #expect(try decode(frames(.ping, #" {"future":[1,{"x":null}]} "#)) == .ping)
    #expect(try decode(frames(.busy, #"{"retryMilliseconds":5,"why":"disk"}"#)) == .busy(retryMilliseconds: 5))
  }

  @Test func aPutIsTaken() throws {
    let epoch = try #require(Epoch(Self.epoch))
    #expect(try decode(put()) == .put(Put(epoch: epoch, firstSequence: 1, count: 1, crc32c: 0xe306_9283)))
  }

  @Test func membersOfPutAreChecked() {
    check(frames(.put, "{}", []), .missingMember, naming: "PUT epoch")
    check(put(epoch: "null"), .wrongType, naming: "PUT epoch")
    check(put(epoch: "\"0123\""), .outOfRange, naming: "UUID")
    check(put(first: "\"1\""), .wrongType, naming: "PUT firstSequence")
    check(put(first: "1.5"), .wrongType, naming: "PUT firstSequence")
    check(put(first: "0"), .outOfRange, naming: "PUT firstSequence: 0")
    check(put(first: "-1"), .outOfRange, naming: "negative")
    check(put(first: "9007199254740992"), .outOfRange, naming: "9007199254740992")
    check(put(first: "18446744073709551615"), .outOfRange)
    check(put(first: "9007199254740991", count: "2"), .outOfRange, naming: "last event")
    check(put(count: "0"), .emptyBatch)
    check(put(count: "4097"), .batchTooLong, naming: "limited to 4096")
    check(put(count: "true"), .wrongType)
    check(put(crc: "4294967296"), .outOfRange, naming: "crc32c")
    check(put(crc: "0"), .checksumMismatch, naming: "3808858755")
    check(put(body: Array("123456780".utf8)), .checksumMismatch)
    check(put(body: [UInt8](repeating: 0, count: Limits.batchByteCount + 1)), .bodyTooLong)
  }

  @Test func membersOfHelloAreChecked() {
    func hello(_ producer: String = "\"p\"", types: String = "[\"t\"]", minors: String = "[0]") -> [[UInt8]] {
      frames(
        .hello,
        #"{"producer":\#(producer),"epoch":"\#(Self.epoch)","lastSequence":0,"mediaTypes":\#(types),"minorVersions":\#(minors)}"#)
    }
    check(hello("\"\""), .outOfRange, naming: "HELLO producer: 0 bytes")
    check(hello("\"\(String(repeating: "p", count: Limits.producerByteCount + 1))\""), .outOfRange)
    check(hello(#""a\u001bb""#), .outOfRange, naming: "control character")
    check(hello(types: "[]"), .outOfRange, naming: "HELLO mediaTypes")
    check(hello(types: "\"t\""), .wrongType, naming: "expected an array")
    check(hello(types: "[1]"), .wrongType, naming: "expected a string")
    check(hello(minors: "[256]"), .outOfRange, naming: "HELLO minorVersions")
    check(hello(minors: "[" + String(repeating: "0,", count: 16) + "0]"), .outOfRange, naming: "17 elements")
  }

  @Test func membersOfTheAggregatorsVerbsAreChecked() {
    func ack(_ exceptions: String, credit: String = #"{"events":1,"bytes":1}"#) -> [[UInt8]] {
      frames(.ack, #"{"epoch":"\#(Self.epoch)","throughSequence":9,"credit":\#(credit),"exceptions":\#(exceptions)}"#)
    }
    check(ack("[]", credit: "5"), .wrongType, naming: "ACK credit")
    check(ack("[]", credit: #"{"events":1}"#), .missingMember, naming: "ACK credit bytes")
    check(ack("{}"), .wrongType, naming: "ACK exceptions")
    check(ack("[1]"), .wrongType, naming: "ACK exceptions")
    check(ack(#"[{"sequence":1,"verdict":"lost","code":"x"}]"#), .outOfRange, naming: "lost")
    check(ack(#"[{"sequence":10,"verdict":"late","code":"late"}]"#), .outOfRange, naming: "ascend")
    let twice = #"{"sequence":1,"verdict":"late","code":"late"}"#
    check(ack("[\(twice),\(twice)]"), .outOfRange, naming: "ascend")
    check(ack("[" + [String](repeating: twice, count: 257).joined(separator: ",") + "]"), .outOfRange, naming: "257 elements")
    check(frames(.busy, #"{"retryMilliseconds":-5}"#), .outOfRange)
    check(frames(.welcome, "{}"), .missingMember, naming: "WELCOME resumeAfter")
    check(frames(.pong, #"{"credit":[]}"#), .wrongType, naming: "PONG credit")
    check(frames(.error, #"{"message":"x"}"#), .missingMember, naming: "ERROR code")
  }

  // MARK: Verdicts

  private func check(_ verdict: Verdict, _ kind: EventException.Kind?, _ code: String, _ detail: String = "") {
    let exception = EventException(sequence: 5, verdict)
    #expect(exception == kind.map { EventException(sequence: 5, verdict: $0, code: code, detail: detail) })
  }

  @Test func verdictsHaveTheirCodes() {
    check(.accepted, nil, "")
    check(.duplicateOfCursor, .duplicate, "cursor")
    check(.duplicateOfIdentity, .duplicate, "identity")
    check(.late, .late, "late")
    check(.rejected(.missingID), .rejected, "missing-member", "id: expected a non-empty string")
    check(.rejected(.malformedJSON), .rejected, "malformed-json", "the event is not valid JSON in UTF-8")
  }

  @Test func everyAckFitsAHeader() throws {
    let epoch = try #require(Epoch(Self.epoch))
    let credit = Credit(events: WireLimits.credit.upperBound, bytes: WireLimits.credit.upperBound)
    for rejection in Rejection.allCases {
      let sequences = WireLimits.sequence - UInt64(WireLimits.exceptionCount) + 1...WireLimits.sequence
      let exceptions = sequences.compactMap { EventException(sequence: $0, .rejected(rejection)) }
      let ack = Ack(epoch: epoch, throughSequence: WireLimits.sequence, credit: credit, exceptions: exceptions)
      #expect(WireMessage.ack(ack).frames[1].count <= Limits.headerByteCount, "\(rejection)")
      #expect(try decode(WireMessage.ack(ack).frames) == .ack(ack))
    }
  }

  @Test(arguments: [0, 1, 255, 256, 257, 512, 513, 4_096])
  func aLongAckIsSplitIntoTrueParts(exceptionCount: Int) throws {
    let epoch = try #require(Epoch(Self.epoch))
    let exceptions = (0..<exceptionCount).compactMap { EventException(sequence: UInt64($0 * 3 + 7), .late) }
    let through = UInt64(exceptionCount * 3 + 20)
    let ack = Ack(epoch: epoch, throughSequence: through, credit: Credit(events: 1, bytes: 1), exceptions: exceptions)
    let parts = ack.split()
    #expect(parts.flatMap(\.exceptions) == exceptions)
    #expect(parts.last?.throughSequence == through)
    #expect(parts.count == max(1, (exceptionCount + 255) / 256))
    for (part, following) in zip(parts, parts.dropFirst()) {
      #expect(part.throughSequence == part.exceptions.last?.sequence)
      #expect(part.throughSequence < following.exceptions.first?.sequence ?? 0)
    }
    for part in parts { #expect(try decode(WireMessage.ack(part).frames) == .ack(part)) }
  }

  /// Events that were acknowledged long ago and are sent again are named again.
  @Test func noPartOfALongAckGoesBack() throws {
    let epoch = try #require(Epoch(Self.epoch))
    let exceptions = (1...1_000).compactMap { EventException(sequence: UInt64($0), .duplicateOfCursor) }
    let ack = Ack(epoch: epoch, throughSequence: 990 + 20, credit: Credit(events: 1, bytes: 1), exceptions: exceptions)
    let parts = ack.split(after: 600)
    #expect(parts.map(\.throughSequence) == [600, 600, 768, 1_010])
    #expect(parts.flatMap(\.exceptions) == exceptions)
    for part in parts { #expect(try decode(WireMessage.ack(part).frames) == .ack(part)) }
  }
}
