import Reports
import Wire

extension WireFuzzer {
  package static func seeds() -> [(name: String, bytes: [UInt8])] {
    let epoch = Epoch(high: 0x0123_abcd_4567_89ab, low: 0xcdef_0123_4567_89ab)
    let other = Epoch(high: 1, low: 2)
    let credit = Credit(events: 256, bytes: 1 << 20)
    let exceptions = [
      EventException(sequence: 3, verdict: .duplicate, code: "cursor"), EventException(sequence: 4, verdict: .late, code: "late"),
      EventException(sequence: 9, verdict: .rejected, code: "wrong-type", detail: "data.text: expected a string"),
    ]
    let hello = said(.hello(Hello(producer: "a/ß\"", epoch: epoch, lastSequence: 7)))
    let welcome = Welcome(resumeAfter: 41, credit: credit, heartbeatMilliseconds: 500, mediaType: .cloudEventsBatch)
    let gap = WireError(.sequenceGap, "go on", supportedVersions: [1], expectedSequence: 6)
    let one = put(epoch, 1, 5)
    let lies = "{\"epoch\":\"\(epoch)\",\"firstSequence\":-1,\"count\":1e3,\"crc32c\":null}"
    return [
      ("hello", hello), ("welcome", said(.welcome(welcome))), ("put", one),
      ("ack", said(.ack(Ack(epoch: epoch, throughSequence: 9, credit: credit, exceptions: exceptions)))),
      ("busy", said(.busy(retryMilliseconds: 70))), ("ping", said(.ping)), ("pong", said(.pong(credit))),
      ("bye", said(.bye)), ("error", said(.error(gap))),
      ("session", hello + one + put(epoch, 6, 3) + said(.ping) + put(epoch, 9, 1) + said(.bye)),
      ("gap", hello + one + put(epoch, 20, 3) + put(epoch, 25, 3) + put(epoch, 6, 3)),
      ("again", hello + one + one + put(epoch, 1, 5, flags: 128) + put(epoch, 4, 5) + hello + put(epoch, 9, 2)),
      ("epochs", hello + one + said(.hello(Hello(producer: "b", epoch: other))) + one + put(other, 1, 2) + hello + one),
      ("before-hello", one + said(.ping) + hello + one),
      ("greatest", hello + put(epoch, WireLimits.sequence, 1) + put(epoch, WireLimits.sequence, 2)),
      ("magic", [0, 6] + Array("TCSM".utf8) + [1, 6] + Array("{}".utf8).withLength + [0, 0]),
      ("version", [0, 6] + Array("TCSN".utf8) + [2, 6] + Array("{}".utf8).withLength + [0, 0]),
      ("frames", [6 | 16] + Array("{}".utf8).withLength + [0, 0, 6 | 32] + Array("{}".utf8).withLength + [0, 0, 6 | 48]),
      ("lies", [3] + Array(lies.utf8).withLength + [0, 0]),
      ("deep", [6] + Array(String(repeating: "[", count: 500).utf8).withLength + [0, 0]),
    ]
  }

  /// A message as an input has it.
  private static func said(_ message: WireMessage) -> [UInt8] {
    [message.verb.rawValue] + message.frames[1].withLength + [0, 0]
  }

  /// A batch of so many events, whatever they are.
  private static func put(_ epoch: Epoch, _ first: UInt64, _ count: Int, flags: UInt8 = 0) -> [UInt8] {
    let header = "{\"epoch\":\"\(epoch)\",\"firstSequence\":\(first),\"count\":\(count),\"crc32c\":@}"
    return [Verb.put.rawValue | 64 | flags] + Array(header.utf8).withLength + Array("body".utf8).withLength
  }
}
