import Platform
import Reports
import Wire
import ZeroMQ

/// A stream as messages: the frames of each PUT, made before anything is timed.
struct Puts: Sendable {
  let stream: EventStream
  let batches: [Range<Int>]
  private let heads: [[[UInt8]]]

  init(_ stream: EventStream, batchSize: Int) {
    self.stream = stream
    batches = stream.batches(of: batchSize)
    heads = batches.map { events in
      let body = stream.bytes.span.extracting(stream.range(events))
      return WireMessage.put(
        Put(epoch: BenchStore.epoch, firstSequence: UInt64(events.lowerBound) + 1, count: events.count, body: body)
      ).frames
    }
  }

  var count: Int { batches.count }

  func byteCount(_ index: Int) -> Int { stream.range(batches[index]).count }

  /// Sends one of them; false where it would have to wait.
  func send(_ index: Int, on socket: borrowing Socket, blocking: Bool = false) throws(ZeroMQError) -> Bool {
    // Only the first frame can be refused: the others belong to it.
    for head in heads[index] { guard try socket.send(head.span, more: true, blocking: blocking) == .sent else { return false } }
    let body = stream.bytes.span.extracting(stream.range(batches[index]))
    return try socket.send(body, more: false, blocking: blocking) == .sent
  }

  /// Sends all of them to an endpoint that answers nothing, on a thread of its own, and waits until `work` has ended.
  func pushing(to endpoint: String, while work: () throws -> Void) throws {
    let failure = BoundedQueue<String>(capacity: 1)
    let thread = try Thread(name: "load") {
      do throws(ZeroMQError) {
        let context = try Context()
        let socket = try Socket(.dealer, in: context)
        try socket.connect(to: endpoint)
        for index in batches.indices { _ = try send(index, on: socket, blocking: true) }
      } catch { _ = failure.tryPush("\(error)") }
    }
    do {
      try work()
    } catch {
      thread.join()
      throw error
    }
    thread.join()
    if let failure = failure.tryPop() { throw BenchFailure("the load could not be sent: \(failure)") }
  }
}
