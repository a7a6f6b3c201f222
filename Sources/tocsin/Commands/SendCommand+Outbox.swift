import Glibc
import Platform
import Reports
import TocsinProducer

/// `tocsin send --outbox`: the file goes into an outbox, and from there to the aggregator.
extension SendCommand {
  /// Where the events go.
  struct Outlet {
    var endpoint: String
    var name: String
    var directory: String
    var settings: ProducerSettings
  }

  private static let diskRetryMicroseconds: UInt32 = 500_000

  static func run(_ input: inout LineReader, path: String, into outlet: Outlet, _ pace: inout Pace) throws -> ExitCode {
    let progress = SendProgress(path: path)
    let producer = try Producer(
      endpoint: outlet.endpoint, name: outlet.name, outbox: outlet.directory, settings: outlet.settings,
      onVerdict: { verdict in
        guard verdict.kind == .rejected || verdict.kind == .conflict else { return }
        let detail = verdict.member.isEmpty ? verdict.message : "\(verdict.member): \(verdict.message)"
        progress.note(event: verdict.number, code: verdict.code, detail: detail)
      }, onNotice: { progress.say("\($0)") })
    let earlierCount = producer.summary.outstanding
    if earlierCount > 0 { progress.say("\(outlet.directory): \(earlierCount) events of an earlier run are sent on") }
    var mark = try InputMark.resume(&input, at: producer.checkpoint)
    if let mark, mark.offset > 0 {
      progress.say("\(path): goes on at byte \(mark.offset), behind what the outbox has taken")
    }

    var body: [UInt8] = []
    var numbers: [Int] = []
    var lineNumber = mark?.lineNumber ?? 0
    var lastNumber = producer.lastNumber
    func submit() throws {
      guard !numbers.isEmpty else { return }
      mark?.advance(to: input, lineNumber: UInt64(lineNumber))
      // Before they are taken: a verdict may come at once.
      for (index, line) in numbers.enumerated() { progress.read(event: lastNumber + 1 + UInt64(index), line: line) }
      let wait = pace.next(numbers.count).waitMilliseconds
      if wait > 0 { usleep(UInt32(clamping: wait * 1_000)) }
      lastNumber = try publish(body, count: numbers.count, checkpoint: mark?.encoded(), to: producer, progress)
      progress.show(producer.summary)
      body.removeAll(keepingCapacity: true)
      numbers.removeAll(keepingCapacity: true)
    }
    while try input.next() {
      lineNumber += 1
      if !isBlank(input.line) {
        body += input.line
        body.append(UInt8(ascii: "\n"))
        numbers.append(lineNumber)
      }
      // Nothing that was read waits in memory for what may never come: a batch is gathered again from the outbox.
      let isFull = numbers.count == outlet.settings.batchEventCount || body.count >= Limits.defaultBatchByteCount / 2
      if isFull || !input.hasLine { try submit() }
    }
    try submit()
    let summary = try producer.close()
    progress.finish(summary)
    return summary.sent == 0 ? .nothingFound : .success
  }

  /// Takes events into the outbox; where the disk is full, says so once and waits for space.
  private static func publish(
    _ body: [UInt8], count: Int, checkpoint: [UInt8]?, to producer: Producer, _ progress: SendProgress
  ) throws -> UInt64 {
    var isTold = false
    while true {
      do {
        return try producer.publish(body: body, count: count, checkpoint: checkpoint)
      } catch {
        guard case .outbox(.diskFull(let reason)) = error else { throw error }
        if !isTold { progress.say("\(reason); reading waits until there is space") }
        isTold = true
        usleep(diskRetryMicroseconds)
      }
    }
  }
}
