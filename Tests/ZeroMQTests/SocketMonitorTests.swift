import CZeroMQ
import Testing

@testable import ZeroMQ

@Suite struct SocketMonitorTests {
  /// Where the reader goes first, libzmq's own thread waits for one, and whoever ends the watch waits for that thread.
  @Test func aWatchKeepsItsReader() throws {
    let context = try Context()
    let client = try Socket(.dealer, in: context)
    weak var kept: SocketHandle?
    var watch: Watch?
    do {
      let reader = try Socket(.pair, in: context)
      kept = reader.handle
      watch = try Watch(client.handle, reader: reader.handle, at: "inproc://monitor-0", ZMQ_EVENT_CONNECTED)
      try reader.connect(to: "inproc://monitor-0")
    }
    #expect(kept != nil)
    withExtendedLifetime(watch) {}
    watch = nil
    #expect(kept == nil)
  }

  private struct Watched: ~Copyable {
    var monitor: SocketMonitor
    let socket: Socket
  }

  private static func watched(in context: borrowing Context, to endpoint: String) throws -> Watched {
    let socket = try Socket(.dealer, in: context)
    try socket.setLinger(milliseconds: 0)
    let monitor = try SocketMonitor(socket, name: "0", in: context)
    try socket.connect(to: endpoint)
    return Watched(monitor: monitor, socket: socket)
  }

  /// Whatever is being told at that moment: it ends.
  @Test func aSocketThatConnectsCanBeLetGoAtAnyMoment() throws {
    let servers = try Context()
    let server = try Socket(.router, in: servers)
    try server.setLinger(milliseconds: 0)
    try server.bind(to: "tcp://127.0.0.1:*")
    let endpoint = try server.lastEndpoint()
    for round in 0..<400 {
      let context = try Context()
      let one = try Self.watched(in: context, to: endpoint)
      for _ in 0..<round % 40 * 500 { withExtendedLifetime(one.socket.handle) {} }
      _ = consume one
    }
  }
}
