import TocsinProducer

/// A weather station that reports every gust, as a program of yours would: `tocsin-example-producer tcp://127.0.0.1:7737 ./outbox 100`.
///
/// It may be killed at any moment and started again: what it has published is sent, once.
@main
enum Example {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 3, let endpoint = words.first, let count = words.last.flatMap(Int.init), count > 0 else {
      return print("usage: tocsin-example-producer ENDPOINT OUTBOX-FOLDER COUNT")
    }
    let outbox = words.dropFirst().first ?? ""
    do {
      try report(count, to: endpoint, outbox: outbox)
    } catch {
      // Every error says what is wrong and what to do; the outbox keeps what it holds.
      print("\(error)")
    }
  }

  private static func report(_ count: Int, to endpoint: String, outbox: String) throws(ProducerError) {
    let producer = try Producer(
      endpoint: endpoint, name: "example", outbox: outbox,
      onVerdict: { verdict in
        if verdict.kind != .accepted {
          print("event \(verdict.number): \(verdict.kind.rawValue) \(verdict.member) \(verdict.message)")
        }
      },
      onNotice: { print("\($0)") })
    // The checkpoint of the last event that is in the outbox: here simply how many there are.
    let done = Int(String(decoding: producer.checkpoint, as: UTF8.self)) ?? 0
    for gust in done..<done + count {
      try producer.publish(contentsOf: [event(gust)], checkpoint: Array("\(gust + 1)".utf8))
    }
    let summary = try producer.close(deadlineMilliseconds: 10_000)
    print("accepted \(summary.accepted) of \(summary.sent); \(summary.outstanding) are kept for the next run")
  }

  /// A CloudEvent of docs/wire.md on one line.
  private static func event(_ gust: Int) -> [UInt8] {
    let time = "2026-01-\(pad(1 + gust / 86_400 % 28))T\(pad(gust / 3_600 % 24)):\(pad(gust / 60 % 60)):\(pad(gust % 60))Z"
    return Array(
      """
      {"specversion":"1.0","type":"org.tocsin.report.v1","source":"/example/station","id":"\(gust)","time":"\(time)",\
      "data":{"location":{"type":"Point","coordinates":[8.54,47.37]},"keywords":["gust"]}}
      """.utf8)
  }

  private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
