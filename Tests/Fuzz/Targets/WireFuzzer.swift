import Platform
import Reports
import Wire

/// Frames → messages of either side, and what a session answers to them.
///
/// An input is a run of messages. Each begins with a byte of which the low four bits are the verb (0 for a first frame that the
/// input gives, of up to 7 bytes), the next two are added to or, from 2 on, taken from the number of frames, and the last two say
/// that a `@` in the header stands for the body's checksum, and that everything taken so far becomes durable first. Header and body
/// follow, each behind its length.
package struct WireFuzzer: Fuzzer {
  package static let name = "wire"

  private let channel: Channel

  package init(channel: @escaping Channel) { self.channel = channel }

  package func check(_ input: [UInt8]) throws -> Bool {
    var cursor = InputCursor(input)
    var session = SessionTwin()
    var isTaken = false
    while !cursor.isAtEnd {
      let choice = cursor.byte()
      let head = choice & 15 == 0 ? cursor.run(Int(cursor.byte() & 7)) : Array("TCSN".utf8) + [FrameHeader.version, choice & 15]
      var header = cursor.run(cursor.word())
      let body = cursor.run(cursor.word())
      if choice & 64 != 0 {
        let digits = Array(String(CRC32C.tableChecksum(body.span)).utf8)
        header = header.flatMap { $0 == UInt8(ascii: "@") ? digits : [$0] }
      }
      if choice & 128 != 0 { session.synchronize() }
      let usual = choice & 15 == Verb.put.rawValue ? 3 : 2
      let frameCount = [usual, usual + 1, usual - 1, usual - 2][Int(choice >> 4 & 3)]
      guard let message = try Self.parse(head, header, body, frameCount) else { continue }
      isTaken = true
      try checkAgain(message, body)
      for reply in try session.receive(message) { try checkAgain(reply, []) }
    }
    return isTaken
  }

  private static func parse(
    _ head: [UInt8], _ header: [UInt8], _ body: [UInt8], _ frameCount: Int
  ) throws -> WireMessage? {
    let body = frameCount > 2 ? body : []
    do throws(WireError) {
      return try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: frameCount)
    } catch {
      try require(error.knownCode != nil, "\(error) has a code that is in no document")
      let byteCount = error.message.utf8.count
      try require((1...WireLimits.messageByteCount).contains(byteCount), "an ERROR's message has \(byteCount) bytes")
      return nil
    }
  }

  /// What was understood can be said, and is understood as the same.
  private func checkAgain(_ message: WireMessage, _ body: [UInt8]) throws {
    let frames = message.frames
    let isPut = message.verb == .put
    try require(frames[1].count <= Limits.headerByteCount, "\(message) has a header of \(frames[1].count) bytes")
    let (head, header) = (frames[0], channel(frames[1]))
    let body = isPut ? body : []
    let again: WireMessage
    do throws(WireError) {
      again = try WireMessage(decoding: head.span, header: header.span, body: body.span, frameCount: isPut ? 3 : 2)
    } catch {
      throw Violation("\(message), said again, is refused: \(error)")
    }
    try require(again == message, "\(message), said again, is \(again)")
    // What may name more events than one ACK is said in several, and means the same.
    if case .ack(let ack) = message {
      let parts = ack.split()
      try require(
        parts.flatMap(\.exceptions) == ack.exceptions && parts.last?.throughSequence == ack.throughSequence,
        "\(ack) is split into something else")
    }
  }
}
