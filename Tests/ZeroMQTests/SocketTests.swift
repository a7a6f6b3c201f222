import Foundation
import Testing
import ZeroMQ

@Suite struct SocketTests {
  /// Waits long enough for anything on the loopback; nothing is asserted of the time itself.
  private static let patience = 5_000

  private func copy(_ message: borrowing Message) -> [UInt8] {
    let bytes = message.bytes
    return bytes.indices.map { bytes[$0] }
  }

  private func check(_ message: borrowing Message, byteCount: Int, hasMore: Bool) {
    let (actualByteCount, actualHasMore) = (message.byteCount, message.hasMore)
    #expect(actualByteCount == byteCount)
    #expect(actualHasMore == hasMore)
  }

  /// A router on a free port.
  private func router(in context: borrowing Context, maximumByteCount: Int64 = -1) throws -> Socket {
    let socket = try Socket(.router, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.setRouterMandatory(true)
    try socket.setMaximumMessage(byteCount: maximumByteCount)
    try socket.bind(to: "tcp://127.0.0.1:*")
    return socket
  }

  private func dealer(in context: borrowing Context, to endpoint: String) throws -> Socket {
    let socket = try Socket(.dealer, in: context)
    try socket.setLinger(milliseconds: 0)
    try socket.connect(to: endpoint)
    return socket
  }

  /// All frames of the next message, nil where none comes.
  private func receive(_ socket: borrowing Socket, milliseconds: Int = patience) throws -> [[UInt8]]? {
    var poller = Poller()
    let index = poller.add(socket, for: .readable)
    guard try poller.wait(milliseconds: milliseconds) == 1, poller.ready(at: index).contains(.readable) else { return nil }
    var message = Message()
    var frames: [[UInt8]] = []
    repeat {
      guard try socket.receive(into: &message) else { return nil }
      frames.append(copy(message))
    } while message.hasMore
    return frames
  }

  @Test(arguments: [0, 1, 29, 30, 33, 34, 4_096, 1 << 20])
  func framesArriveAsTheyWereSent(byteCount: Int) throws {
    let context = try Context()
    let server = try router(in: context)
    let endpoint = try server.lastEndpoint()
    let client = try dealer(in: context, to: endpoint)
    let body = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try client.send([[1, 2], [], body], blocking: true) == .sent)
    let frames = try #require(try receive(server))
    #expect(Array(frames.dropFirst()) == [[1, 2], [], body])
    #expect(try server.send([frames[0], body]) == .sent)
    #expect(try receive(client) == [body])
  }

  @Test func aMessageHoldsItsBytesUntilTheNextReceive() throws {
    let context = try Context()
    let server = try router(in: context)
    let endpoint = try server.lastEndpoint()
    let client = try dealer(in: context, to: endpoint)
    var message = Message()
    check(message, byteCount: 0, hasMore: false)
    for text in ["short", String(repeating: "long", count: 100)] {
      #expect(try client.send([Array(text.utf8)], blocking: true) == .sent)
      while try !server.receive(into: &message, blocking: true) {}
      check(message, byteCount: 5, hasMore: true)
      while try !server.receive(into: &message, blocking: true) {}
      #expect(String(decoding: copy(message), as: UTF8.self) == text)
      check(message, byteCount: text.utf8.count, hasMore: false)
    }
    #expect(try server.receive(into: &message) == false)
  }

  @Test func theSystemChoosesAPortThatCanBeReadBack() throws {
    let context = try Context()
    let server = try router(in: context)
    let endpoint = try server.lastEndpoint()
    let port = try #require(endpoint.split(separator: ":").last.flatMap { Int($0) })
    #expect(endpoint.hasPrefix("tcp://127.0.0.1:"))
    #expect(port > 0)
  }

  @Test func aPortInUseSaysSoAndWhatToDo() throws {
    let context = try Context()
    let first = try router(in: context)
    let endpoint = try first.lastEndpoint()
    let second = try Socket(.router, in: context)
    let error = #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
    #expect(
      error?.description
        == "port in use: \(endpoint), choose another with --endpoint or stop the process that holds it")
    #expect(try first.lastEndpoint() == endpoint)
  }

  @Test(arguments: [
    "", "nonsense", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "udp://127.0.0.1:1", "tcp://no.such.place.invalid:x",
  ])
  func aMalformedEndpointIsAnErrorThatNamesIt(endpoint: String) throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    let error = #expect(throws: ZeroMQError.self) { try socket.bind(to: endpoint) }
    #expect(error?.operation == "bind")
    #expect(error?.endpoint == endpoint)
    #expect(error?.description.isEmpty == false)
  }

  @Test func anUnknownPeerIsUnroutable() throws {
    let context = try Context()
    let server = try router(in: context)
    #expect(try server.send([[9, 9, 9, 9, 9], [1], [2]]) == .unroutable)
  }

  @Test func anImmediateSocketWithoutConnectionTakesNothing() throws {
    let context = try Context()
    let socket = try Socket(.dealer, in: context)
    try socket.setImmediate(true)
    try socket.setLinger(milliseconds: 0)
    try socket.setReconnectInterval(milliseconds: 10, maximumMilliseconds: 20)
    try socket.connect(to: "tcp://127.0.0.1:1")
    #expect(try socket.send([[1], [2]]) == .wouldBlock)
  }

  @Test func aFullQueueTakesWholeMessagesOrNothing() throws {
    let context = try Context()
    let server = try Socket(.pair, in: context)
    try server.setReceiveHighWaterMark(messageCount: 2)
    try server.bind(to: "inproc://full")
    let client = try Socket(.pair, in: context)
    try client.setSendHighWaterMark(messageCount: 2)
    try client.setLinger(milliseconds: nil)
    try client.setKeepalive(true)
    try client.setHeartbeat(milliseconds: 0)
    try client.connect(to: "inproc://full")
    var sentCount = 0
    while try client.send([[1], [2], [3]]) == .sent { sentCount += 1 }
    #expect(sentCount == 4)
    for _ in 0..<sentCount { #expect(try receive(server) == [[1], [2], [3]]) }
    #expect(try receive(server, milliseconds: 0) == nil)
  }

  @Test func pollingSeesSocketsAndFileDescriptors() throws {
    let context = try Context()
    let server = try router(in: context)
    let endpoint = try server.lastEndpoint()
    let client = try dealer(in: context, to: endpoint)
    let pipe = Pipe()
    var poller = Poller()
    let socketIndex = poller.add(server, for: .readable)
    let pipeIndex = poller.add(fileDescriptor: pipe.fileHandleForReading.fileDescriptor, for: .readable)
    #expect(try poller.wait(milliseconds: 0) == 0)
    pipe.fileHandleForWriting.write(Data([1]))
    #expect(try poller.wait(milliseconds: Self.patience) == 1)
    #expect(poller.ready(at: pipeIndex) == .readable)
    #expect(poller.ready(at: socketIndex).isEmpty)
    #expect(try client.send([[1]], blocking: true) == .sent)
    poller.setEvents([], at: pipeIndex)
    #expect(try poller.wait(milliseconds: Self.patience) == 1)
    #expect(poller.ready(at: socketIndex) == .readable)
    #expect(poller.ready(at: pipeIndex).isEmpty)
  }

  @Test func aPollerKeepsItsSocketsOpen() throws {
    var poller = Poller()
    do {
      let context = try Context()
      let server = try router(in: context)
      _ = poller.add(server, for: .readable)
    }
    #expect(try poller.wait(milliseconds: 0) == 0)
  }

  @Test func aFrameOverTheMaximumIsRefusedAndOthersGoOn() throws {
    let context = try Context()
    let server = try router(in: context, maximumByteCount: 1 << 20)
    let endpoint = try server.lastEndpoint()
    let greedy = try dealer(in: context, to: endpoint)
    try greedy.setLinger(milliseconds: 0)
    let modest = try dealer(in: context, to: endpoint)
    #expect(try greedy.send([[1], [UInt8](repeating: 7, count: 100 << 20)], blocking: true) == .sent)
    #expect(try receive(server, milliseconds: 1_000) == nil)
    #expect(try modest.send([[2], [UInt8](repeating: 7, count: 1 << 20)], blocking: true) == .sent)
    let frames = try #require(try receive(server))
    #expect(frames.count == 3)
    #expect(frames.dropFirst().first == [2])
  }
}
