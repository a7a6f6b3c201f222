import Platform
import Reports
import Service
import Wire
import ZeroMQ

/// Messages off a socket, their headers read and their checksums compared, beside libzmq's own receive of the same bytes.
enum ReceiveStage {
  static func run(_ puts: Puts, name: String, into report: inout BenchReport) throws {
    report.add(name, try ours(puts), of: puts.stream.count, floor: ("libzmq receive", try bare(puts)))
  }

  /// What libzmq itself uses for these messages: the thread that receives, and those of the library behind it.
  static func bare(_ puts: Puts) throws -> Usage {
    let before = try ThreadGroup.all()
    let receiver = try BareReceiver()
    let threads = ThreadGroup(numbers: try before.newcomers().numbers)
    var (own, behind, byteCount) = (Usage(), threads.usage, UInt64(0))
    try puts.pushing(to: receiver.endpoint) {
      // The first message has to come before anything is waited for.
      byteCount = receiver.take(1)
      behind = threads.usage
      own = Usage.of { byteCount += receiver.take(puts.count - 1) }
    }
    try BenchFailure.unless(byteCount > UInt64(puts.stream.byteCount), "libzmq lost some of what was sent")
    return add(own, threads.usage.since(behind))
  }

  private static func ours(_ puts: Puts) throws -> Usage {
    let before = try ThreadGroup.all()
    let context = try Context()
    let router = try Socket(.router, in: context)
    try router.setLinger(milliseconds: 0)
    try router.bind(to: "tcp://127.0.0.1:*")
    let threads = try before.newcomers()
    var receiver = FrameReceiver()
    var poller = Poller()
    _ = poller.add(router, for: .readable)
    var (own, behind, eventCount) = (Usage(), threads.usage, 0)
    try puts.pushing(to: try router.lastEndpoint()) {
      _ = try poller.wait(milliseconds: nil)
      behind = threads.usage
      own = try Usage.of { () throws in
        while eventCount < puts.stream.count {
          guard try receiver.receive(from: router) else {
            _ = try poller.wait(milliseconds: 1_000)
            continue
          }
          guard case .put(let put) = try receiver.decode() else { throw BenchFailure("what came is no PUT") }
          eventCount += put.count
        }
      }
    }
    return add(own, threads.usage.since(behind))
  }

  private static func add(_ own: Usage, _ behind: Usage) -> Usage {
    Usage(
      wallNanoseconds: own.wallNanoseconds, cpuNanoseconds: own.cpuNanoseconds + behind.cpuNanoseconds,
      allocationCount: own.allocationCount + behind.allocationCount,
      libraryAllocationCount: own.libraryAllocationCount + behind.libraryAllocationCount)
  }
}
